import TradeStationSessions

/// The notes of `serve`, one line each.
enum ServeText {
    /// The profiles that are kept fresh, with at most ten names.
    static func profiles(_ names: [String]) -> String {
        guard !names.isEmpty else { return "\(status(names))." }
        let shown = names.prefix(mostNames).joined(separator: ", ")
        let others = names.count - mostNames
        return "\(status(names)): \(shown)" + (others > 0 ? " and \(others) more." : ".")
    }

    /// The number of profiles that are kept fresh.
    static func status(_ names: [String]) -> String {
        names.isEmpty
            ? "Waiting for the first profile" : "Keeping \(names.count) profile\(names.count == 1 ? "" : "s") fresh"
    }

    /// A note that a profile cannot be kept fresh, or that it is fresh again.
    static func line(_ notice: KeepingNotice) -> String {
        guard let failure = notice.failure else { return "\(notice.profile): fresh again." }
        return "\(notice.profile): \(line(failure))"
    }

    /// A note about a failure that does not end `serve`. The suggestion is printed only if it is a command: `serve`
    /// itself repeats what failed.
    static func line(_ failure: AccountsError) -> String {
        let advice = failure.suggestion.flatMap { $0.hasPrefix("tsaccounts ") ? " Try: \($0)" : nil }
        let text = [failure.message, failure.reason].compactMap { $0 }.joined(separator: " ")
        return "\(text) [\(failure.code)]" + (advice ?? "")
    }

    private static let mostNames = 10
}
