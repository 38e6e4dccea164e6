import TradeStationBroker
import TradeStationSessions

/// How many of the served profiles are fresh, and what mends the others.
struct ServedHealth: Equatable {
    /// The names of all profiles, sorted.
    let names: [String]
    /// The number of profiles that can be kept fresh.
    let freshCount: Int
    /// The commands that mend the others, one for each login.
    let commands: [String]

    /// - Parameters:
    ///   - listing: The profiles of the store.
    ///   - failing: Why the sessions of profiles could not be opened.
    init(_ listing: ProfileListing, failing: [Profile.ID: AccountsError], _ time: TimeText) {
        names = listing.names
        var mended = Set<Login.ID>()
        var (fresh, commands) = (0, [String]())
        for record in listing.profiles.sorted(by: { $0.name.text < $1.name.text }) {
            let advice = ProfileAdvice(for: record, time)
            let needsUser = advice?.needsUser == true
            // While refreshes fail, a token that is still valid is served.
            let isValid = record.login.accessExpiresAt.map { $0 > time.now } ?? false
            if !needsUser, record.state != .degraded || isValid, failing[record.profile.id] == nil { fresh += 1 }
            // Only opening a session shows that a secret is damaged. The listing does not show it.
            let command = needsUser ? advice?.command : failing[record.profile.id]?.pastableSuggestion
            if let command, mended.insert(record.login.id).inserted {
                commands.append(command)
            }
        }
        freshCount = fresh
        self.commands = commands + listing.damaged.compactMap(\.error.pastableSuggestion)
    }
}
