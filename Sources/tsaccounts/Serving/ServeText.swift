import TradeStationBroker
import TradeStationSessions

/// The notes of `serve`, one line each.
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

    /// A note that a profile cannot be kept fresh, or that it is fresh again.
    static func line(_ notice: KeepingNotice) -> String {
        guard let failure = notice.failure else { return "\(notice.profile): fresh again." }
        return "\(notice.profile): \(line(failure))"
    }

    /// A note that the service has refreshed a login; nil for other events.
    static func line(_ event: SessionEvent, _ time: TimeText) -> String? {
        guard case .refreshed(_, let end) = event.kind else { return nil }
        let names = event.profiles.map(\.text).joined(separator: ", ")
        return "\(names): refreshed; the access token ends \(time.pointAndDistance(end))."
    }

    /// A note about a failure that does not end `serve`. The suggestion is printed only if it is a command. Others ask
    /// the user to try again, which `serve` does itself.
    static func line(_ failure: AccountsError) -> String {
        let text = [failure.message, failure.reason].compactMap { $0 }.joined(separator: " ")
        return "\(text) [\(failure.code)]" + (failure.pastableSuggestion.map { " Try: \($0)" } ?? "")
    }

    /// A note that a profile cannot be served.
    static func line(unserved failure: AccountsError) -> String {
        (failure.profile.map { "\($0): " } ?? "") + line(failure)
    }

    /// A note that another process serves the same store.
    static func otherServer(_ processID: Int32?) -> String {
        let process = processID.map { " (process \($0))" } ?? ""
        return "Another tsaccounts serve\(process) already keeps this store fresh. Both continue; one is enough."
    }

    private static let mostNames = 10
    private static let mostCommands = 3
}
