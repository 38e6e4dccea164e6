import ArgumentParser
import TradeStationSessions

/// Explains command lines that the argument parser refuses, or understands otherwise than they were meant.
///
/// The parser reports a missing value before an unknown option, calls an unknown command an unexpected argument, and
/// answers `help` for an unknown command with the general help.
struct UsageFailure {
    /// The words after the name of the program.
    let arguments: [String]
    private let words: ArraySlice<String>
    /// The command that was found in `words`, for example `audit verify`.
    private var command: CommandTree
    /// The names that lead to this command, for example `audit` and `verify`.
    private(set) var path: [String] = []
    /// The position of the word that is in the place of a command but names none; nil if there is no such word.
    private var unknownIndex: Int?

    /// - Returns: nil if the commands are not known.
    init?(_ arguments: [String]) {
        guard let root = CommandTree.all else { return nil }
        self.arguments = arguments
        words = arguments.prefix { $0 != "--" }
        command = root
        var index = 0
        // The words after `help` are names of commands.
        var isHelp = false
        while index < words.count {
            let word = words[index]
            // A request for completions, which a shell sends, has a syntax of its own.
            if word.hasPrefix("---") || word == "--generate-completion-script" { break }
            if word.hasPrefix("-") {
                // A value that belongs to an option is not a command.
                if command.takesValue(word) { index += 1 }
            } else if path.isEmpty, word == "help" {
                isHelp = true
            } else if let next = command.choices.first(where: { $0.commandName == word }) {
                command = next
                path.append(word)
            } else {
                unknownIndex = command.acceptsWords && !isHelp ? nil : index
                break
            }
            index += 1
        }
    }

    /// Whether the command line asks for JSON.
    var asksForJSON: Bool { words.contains("--json") }

    /// The error for a command that does not exist; nil if all exist.
    var unknownCommand: AccountsError? {
        guard let unknownIndex else { return nil }
        let wanted = (path + [words[unknownIndex]]).joined(separator: " ").printable(limit: 60)
        let nearest = words[unknownIndex].nearestWord(among: command.choices.map(\.commandName))
        return AccountsError(
            .usage,
            "There is no command \"\(wanted)\".",
            suggestion: nearest.map { corrected(unknownIndex, to: $0) } ?? help
        )
    }

    /// The error for the first option that the command does not have; nil if it has all.
    var unknownOption: AccountsError? {
        let known = command.options
        for (index, word) in words.enumerated() where word.count > 1 && word.hasPrefix("-") {
            let option = String(word.prefix { $0 != "=" })
            // Several short options can be one word, like -qv.
            let parts = option.hasPrefix("--") ? [option] : option.dropFirst().map { "-\($0)" }
            guard let unknown = parts.first(where: { !known.contains($0) && !Self.builtIn.contains($0) }),
                unknown.dropFirst().first?.isNumber == false
            else { continue }
            let nearest = option.hasPrefix("--") ? Self.bare(option).nearestWord(among: known.map(Self.bare)) : nil
            return AccountsError(
                .usage,
                "Unknown option '\(unknown.printable(limit: 60))'.",
                suggestion: nearest.map { corrected(index, to: "--\($0)\(word.dropFirst(option.count))") } ?? help
            )
        }
        return nil
    }

    /// The error for a message of the parser.
    func error(_ message: String) -> AccountsError {
        let text = message.split(whereSeparator: \.isNewline).joined(separator: " ").printable(limit: 300)
        return AccountsError(.usage, text.hasSuffix(".") ? text : text + ".", suggestion: help)
    }

    /// An option without its dashes, which say nothing about how similar two options are.
    private static func bare(_ option: String) -> String { String(option.drop { $0 == "-" }) }

    private var help: String { (["tsaccounts"] + path + ["--help"]).joined(separator: " ") }

    /// The command line with another word at a position.
    private func corrected(_ index: Int, to word: String) -> String {
        var corrected = arguments
        corrected[index] = word
        return (["tsaccounts"] + corrected.map(\.shellQuoted)).joined(separator: " ")
    }

    /// The options that the parser itself adds.
    private static let builtIn: Set<String> = [
        "-h", "--help", "--help-hidden", "--version", "--generate-completion-script", "--experimental-dump-help",
    ]
}
