import TradeStationSessions

/// A shell command that `serve` runs after an event.
struct Hook: Hashable, Sendable {
    let event: HookEvent
    let command: String

    /// - Throws: ``AccountsError`` `usage` if there is no such event, or no command.
    init(event name: String, command: String) throws(AccountsError) {
        guard let event = HookEvent(rawValue: name) else {
            let near = name.nearestWord(among: HookEvent.allCases.map(\.rawValue))
            throw AccountsError(
                .usage,
                "There is no event \(name.printable(limit: 40)).",
                reason: "The events are \(HookEvent.list).",
                suggestion: "tsaccounts serve --on \(near ?? HookEvent.needsLogin.rawValue)='COMMAND'"
            )
        }
        guard command.contains(where: { !$0.isWhitespace }), !command.contains("\0") else {
            throw AccountsError(
                .usage,
                "The hook for \(name) has no command.",
                suggestion: "tsaccounts serve --on \(name)='COMMAND'"
            )
        }
        self.event = event
        self.command = command
    }

    /// Reads the value of `--on`, for example `needs_login=notify-send "sign in"`.
    ///
    /// - Throws: ``AccountsError`` `usage`.
    init(option: String) throws(AccountsError) {
        let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        try self.init(event: parts[0], command: parts.count > 1 ? parts[1] : "")
    }
}
