import Foundation
import TradeStationSessions

/// A command that users paste into their shell. It names the store that this process was told to use.
struct PastableCommand: Hashable, Sendable {
    let text: String

    /// - Parameters:
    ///   - command: One command, or several that are joined with `&&`. Other text stays as it is.
    ///   - arguments: The arguments of this process.
    init(_ command: String, arguments: [String] = CommandLine.arguments) {
        guard let store = SharedOptions.store(in: arguments), command.hasPrefix("tsaccounts "),
            !command.contains(where: { ",;:".contains($0) })
        else {
            text = command
            return
        }
        let (commands, remark) = Self.split(command)
        text =
            commands.components(separatedBy: " && ").map { part in
                part.hasPrefix("tsaccounts ") && !part.contains(" --store")
                    ? "\(part) --store \(store.shellQuoted)" : part
            }.joined(separator: " && ") + remark
    }

    /// The commands, and the remark behind them that begins with `#`.
    private static func split(_ command: String) -> (commands: String, remark: String) {
        guard let start = command.range(of: "   #")?.lowerBound else { return (command, "") }
        return (String(command[..<start]), String(command[start...]))
    }
}

extension AccountsError {
    /// The suggestion, if it is or begins with a command of this program.
    var pastableSuggestion: String? {
        suggestion.flatMap { $0.hasPrefix("tsaccounts ") ? PastableCommand($0).text : nil }
    }
}
