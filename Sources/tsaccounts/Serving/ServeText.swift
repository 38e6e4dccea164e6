import TradeStationBroker
import TradeStationSessions

/// The words of `serve`.
enum ServeText {
    /// What `serve` does for its profiles, with at most ten names.
    static func profiles(_ health: ServedHealth) -> String {
        guard !health.names.isEmpty else { return "\(status(health))." }
        let shown = health.names.prefix(mostNames).joined(separator: ", ")
        let others = health.names.count - mostNames
        let names = others > 0 ? "\(shown) and \(others) more" : shown
        return "\(fresh(health)): \(names)." + (remedy(health).map { " \($0)" } ?? "")
    }

    /// How many profiles are fresh, and the commands that mend the others. systemd shows it as the status of the service.
    static func status(_ health: ServedHealth) -> String {
        guard !health.names.isEmpty else { return "Waiting for the first profile" }
        return [fresh(health), remedy(health)].compactMap { $0 }.joined(separator: ". ")
    }

    private static func fresh(_ health: ServedHealth) -> String {
        let all = health.names.count
        let profiles = "profile\(all == 1 ? "" : "s")"
        switch health.freshCount {
        case all: return "Keeping \(all) \(profiles) fresh"
        case 0: return all == 1 ? "Keeping no profile fresh" : "Keeping none of \(all) profiles fresh"
        case let count: return "Keeping \(count) of \(all) \(profiles) fresh"
        }
    }

    private static func remedy(_ health: ServedHealth) -> String? {
        guard health.freshCount < health.names.count else { return nil }
        guard !health.commands.isEmpty else { return "Try: tsaccounts status" }
        let others = health.commands.count - mostCommands
        return "Try: \(health.commands.prefix(mostCommands).joined(separator: "; "))"
            + (others > 0 ? "   # and \(others) more: tsaccounts status" : "")
    }

    /// A note about a failure that does not end `serve`. The suggestion is printed only if it is a command. Others ask
    /// the user to try again, which `serve` does itself.
    static func line(_ failure: AccountsError) -> String {
        message(failure) + " [\(failure.code)]" + (failure.pastableSuggestion.map { " Try: \($0)" } ?? "")
    }

    /// What failed, and why.
    static func message(_ failure: AccountsError) -> String {
        [failure.message, failure.reason].compactMap { $0 }.joined(separator: " ")
    }

    private static let mostNames = 10
    private static let mostCommands = 3
}
