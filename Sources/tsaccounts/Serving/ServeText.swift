import TradeStationSessions

/// What `serve` says, one line each.
enum ServeText {
    /// What is served, in as many names as fit a line.
    static func profiles(_ names: [String]) -> String {
        guard !names.isEmpty else { return "\(status(names))." }
        let shown = names.prefix(mostNames).joined(separator: ", ")
        let others = names.count - mostNames
        return "\(status(names)): \(shown)" + (others > 0 ? " and \(others) more." : ".")
    }

    /// The same without names.
    static func status(_ names: [String]) -> String {
        names.isEmpty
            ? "Waiting for the first profile" : "Keeping \(names.count) profile\(names.count == 1 ? "" : "s") fresh"
    }

    /// That a profile cannot be kept fresh, or can be again.
    static func line(_ notice: KeepingNotice) -> String {
        guard let failure = notice.failure else { return "\(notice.profile): fresh again." }
        return "\(notice.profile): \(line(failure))"
    }

    /// A failure that ends nothing. Of the advice only commands are passed on: what is to be repeated is repeated.
    static func line(_ failure: AccountsError) -> String {
        let advice = failure.suggestion.flatMap { $0.hasPrefix("tsaccounts ") ? " Try: \($0)" : nil }
        return "\(failure.message) [\(failure.code)]" + (advice ?? "")
    }

    private static let mostNames = 10
}
