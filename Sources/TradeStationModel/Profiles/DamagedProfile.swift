/// A profile that cannot be used, because its row, or the row of its login or API key, does not match its checksum or
/// contains an impossible value, or because one of its secrets cannot be decrypted.
public struct DamagedProfile: Hashable, Sendable {
    /// The id of the row.
    package let id: Profile.ID
    /// The name in the row. It may be damaged too, and then it is no valid profile name.
    public let name: String
    /// What is damaged, and how to mend it.
    public let error: AccountsError

    /// Describes a damaged profile.
    package init(id: Profile.ID, name: String, error: AccountsError) {
        self.id = id
        self.name = name
        self.error = error
    }
}
