import Foundation
package import TradeStationSessions

/// A command that users paste into their shell. It names the store that this process was told to use.
package struct PastableCommand: Hashable, Sendable {
    package let text: String

    /// - Parameters:
    ///   - command: One command, or several that are joined with `&&`. Other text stays as it is.
    ///   - arguments: The arguments of this process.
    package init(_ command: String, arguments: [String] = CommandLine.arguments) {
        guard let store = Self.store(in: arguments), command.hasPrefix("tsaccounts "),
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

    /// The value of `--store` in words that the parser has not parsed; nil if the option is not there.
    package static func store(in words: [String]) -> String? {
        let option = "--store"
        for (index, word) in words.enumerated() {
            if word == option { return index + 1 < words.count ? words[index + 1] : nil }
            if word.hasPrefix(option + "=") { return String(word.dropFirst(option.count + 1)) }
        }
        return nil
    }

    /// The commands, and the remark behind them that begins with `#`.
    private static func split(_ command: String) -> (commands: String, remark: String) {
        guard let start = command.range(of: "   #")?.lowerBound else { return (command, "") }
        return (String(command[..<start]), String(command[start...]))
    }
}

extension AccountsError {
    /// The suggestion, if it is or begins with a command of this program.
    package var pastableSuggestion: String? {
        suggestion.flatMap { $0.hasPrefix("tsaccounts ") ? PastableCommand($0).text : nil }
    }
}
