import Foundation
import TradeStationModel

/// A command that users paste into their shell. It names the store that this process was told to use.
struct PastableCommand: Hashable, Sendable {
    let text: String

    /// - Parameters:
    ///   - command: One command, or several that are joined with `&&`. Other text stays as it is.
    ///   - arguments: The arguments of this process.
    init(_ command: String, arguments: [String] = CommandLine.arguments) {
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

    /// The commands, and the remark behind them that begins with `#`.
    private static func split(_ command: String) -> (commands: String, remark: String) {
        guard let start = command.range(of: "   #")?.lowerBound else { return (command, "") }
        return (String(command[..<start]), String(command[start...]))
    }

    /// The value of `--store`; nil if the option is not there.
    private static func store(in arguments: [String]) -> String? {
        let option = "--store"
        for (index, argument) in arguments.enumerated() {
            if argument == option { return index + 1 < arguments.count ? arguments[index + 1] : nil }
            if argument.hasPrefix(option + "=") { return String(argument.dropFirst(option.count + 1)) }
        }
        return nil
    }
}
