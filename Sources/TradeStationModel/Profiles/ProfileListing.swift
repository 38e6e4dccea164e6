/// The profiles of a store: those that can be used, and those whose rows are damaged.
public struct ProfileListing: Hashable, Sendable {
    /// The profiles that can be used, sorted by name.
    public var profiles: [ProfileRecord]
    /// The profiles that cannot be used, sorted by name. They do not affect the other profiles.
    public var damaged: [DamagedProfile]

    /// Creates a listing.
    package init(profiles: [ProfileRecord], damaged: [DamagedProfile]) {
        self.profiles = profiles
        self.damaged = damaged
    }

    /// The names of all profiles, sorted without regard to case.
    public var names: [String] {
        (profiles.map(\.name.text) + damaged.map(\.name)).sorted { $0.lowercased() < $1.lowercased() }
    }
}
