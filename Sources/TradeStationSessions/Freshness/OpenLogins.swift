import TradeStationModel

/// The logins that somebody holds a session on. It knows them and keeps none of them alive.
struct OpenLogins {
    private struct Entry {
        weak var cache: CachedTokens?
        var profile: ProfileName
    }

    private var entries: [Login.ID: Entry] = [:]
    private var sweepAt = 64

    /// All of them.
    var ids: [Login.ID] { entries.filter { $0.value.cache != nil }.map(\.key) }

    /// The tokens of a login and the profile last opened on it; nil when nobody holds a session.
    subscript(login: Login.ID) -> (cache: CachedTokens, profile: ProfileName)? {
        guard let entry = entries[login], let cache = entry.cache else { return nil }
        return (cache, entry.profile)
    }

    /// Notes that a session is open. Those whose sessions are gone are swept out when there are too many of them.
    mutating func note(_ cache: CachedTokens, for profile: ProfileName) {
        entries[cache.login] = Entry(cache: cache, profile: profile)
        guard entries.count > sweepAt else { return }
        entries = entries.filter { $0.value.cache != nil }
        sweepAt = max(64, 2 * entries.count)
    }
}
