import TradeStationBroker
import TradeStationSessions

/// What `watch` shows, and how keys change it. Performs no I/O.
struct WatchState: Sendable {
    /// What a key asks for.
    enum Action: Hashable, Sendable {
        case refresh(ProfileName)
        case quit
    }

    /// The orders of the rows.
    enum Order: String, CaseIterable, Sendable {
        case name, state, expiry
    }

    /// The names to show, in lower case; empty for all.
    private let names: Set<String>
    private(set) var snapshot: StoreSnapshot?
    private(set) var order = Order.name
    /// The name of the selected profile.
    private(set) var selection: ProfileName?
    /// The result of the last refresh that a key asked for, or why the store cannot be read.
    private(set) var message: String?
    private var refreshing: Set<ProfileName> = []

    /// - Parameter names: The profiles to show; empty for all.
    init(names: [ProfileName]) {
        self.names = Set(names.map { $0.text.lowercased() })
    }

    /// The profiles to show.
    var listing: ProfileListing? {
        guard var listing = snapshot?.listing, !names.isEmpty else { return snapshot?.listing }
        listing.profiles.removeAll { !names.contains($0.name.text.lowercased()) }
        listing.damaged.removeAll { !names.contains($0.name.lowercased()) }
        return listing
    }

    /// The profiles in the chosen order.
    func records(at now: Timestamp) -> [ProfileRecord] {
        let byName = (listing?.profiles ?? []).sorted { $0.name.text.lowercased() < $1.name.text.lowercased() }
        func stable(_ isBefore: (ProfileRecord, ProfileRecord) -> Bool?) -> [ProfileRecord] {
            byName.enumerated().sorted { isBefore($0.element, $1.element) ?? ($0.offset < $1.offset) }.map(\.element)
        }
        switch order {
        case .name: return byName
        case .state:
            return stable { left, right in
                let (one, other) = (left.urgency(at: now), right.urgency(at: now))
                return one == other ? nil : one > other
            }
        case .expiry:
            return stable { left, right in
                let (one, other) = (left.login.accessExpiresAt, right.login.accessExpiresAt)
                return one == other ? nil : (one?.milliseconds ?? .max) < (other?.milliseconds ?? .max)
            }
        }
    }

    /// The audit rows of the shown profiles, the newest last.
    var rows: [AuditRow] {
        guard let snapshot, let listing else { return [] }
        guard !names.isEmpty else { return snapshot.rows }
        let logins = Set(listing.profiles.map(\.login.id))
        return snapshot.rows.filter { row in
            row.login.map(logins.contains) ?? row.profile.map { names.contains($0.lowercased()) } ?? false
        }
    }

    // MARK: Changes

    /// Takes what was read.
    mutating func take(_ snapshot: StoreSnapshot) {
        if self.snapshot == nil || isReadingFailing { message = nil }
        isReadingFailing = false
        self.snapshot = snapshot
        let shown = records(at: snapshot.now)
        if !shown.contains(where: { $0.name == selection }) { selection = shown.first?.name }
    }

    private var isReadingFailing = false

    /// Notes that the store could not be read. What was read before stays.
    mutating func fail(_ text: String) {
        isReadingFailing = true
        message = text
    }

    /// Takes a key.
    ///
    /// - Returns: What it asks for; nil if it only changes what is shown.
    mutating func press(_ key: WatchKey, now: Timestamp) -> Action? {
        let shown = records(at: now)
        let index = shown.firstIndex { $0.name == selection } ?? 0
        switch key {
        case .up: selection = shown.isEmpty ? nil : shown[max(0, index - 1)].name
        case .down: selection = shown.isEmpty ? nil : shown[min(shown.count - 1, index + 1)].name
        case .first: selection = shown.first?.name
        case .last: selection = shown.last?.name
        case .sort:
            let orders = Order.allCases
            order = orders[((orders.firstIndex(of: order) ?? 0) + 1) % orders.count]
        case .refresh:
            guard let selection, refreshing.insert(selection).inserted else { return nil }
            message = "\(selection): refreshing…"
            return .refresh(selection)
        case .redraw: break
        case .quit: return .quit
        }
        return nil
    }

    /// Takes the result of a refresh that a key asked for.
    mutating func finish(_ profile: ProfileName, _ text: String) {
        refreshing.remove(profile)
        message = text
    }
}
