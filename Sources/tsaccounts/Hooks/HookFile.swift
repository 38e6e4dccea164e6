import TradeStationSessions

/// The hooks in the settings file: lines `on.EVENT = COMMAND`, empty lines, and comments that begin with `#`.
struct HookFile {
    let hooks: [Hook]

    /// - Parameters:
    ///   - text: The content of the file.
    ///   - path: The path of the file, for messages.
    /// - Throws: ``AccountsError`` `usage`, which names the line.
    init(_ text: String, path: String) throws(AccountsError) {
        var hooks: [Hook] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let content = line.trimmed
            if content.isEmpty || content.hasPrefix("#") { continue }
            let parts = content.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = parts[0].trimmed
            guard name.hasPrefix("on."), parts.count == 2 else {
                throw AccountsError(
                    .usage,
                    "Line \(index + 1) of \(path) is not a setting.",
                    reason: "A setting has the form on.EVENT = COMMAND.",
                    suggestion: "correct line \(index + 1), or put a # before it"
                )
            }
            do {
                hooks.append(try Hook(event: String(name.dropFirst(3)), command: parts[1].trimmed))
            } catch {
                throw AccountsError(
                    .usage,
                    "Line \(index + 1) of \(path) cannot be used. \(error.message)",
                    reason: error.reason,
                    suggestion: "correct line \(index + 1), or put a # before it"
                )
            }
        }
        self.hooks = hooks
    }
}

extension StringProtocol {
    /// The text without white space at its ends.
    fileprivate var trimmed: String {
        let start = drop { $0.isWhitespace }
        return String(start.reversed().drop { $0.isWhitespace }.reversed())
    }
}
