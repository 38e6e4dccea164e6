import Foundation
package import TradeStationSessions

/// A text with commands that users paste into their shell. The commands name the store that this process was told to use.
package struct PastableCommand: Hashable, Sendable {
    package let text: String

    /// - Parameters:
    ///   - text: A command, several commands, or a sentence with commands. A command begins the text or follows
    ///     punctuation or `&&`.
    ///   - arguments: The arguments of this process.
    package init(_ text: String, arguments: [String] = CommandLine.arguments) {
        guard let store = Self.store(in: arguments) else {
            self.text = text
            return
        }
        let option = " --store \(store.shellQuoted)"
        self.text = Self.parts(of: text).map { part in
            guard part.hasPrefix("tsaccounts "), !part.contains(" --store") else { return String(part) }
            // What follows two dashes is no option.
            let end = part.firstRange(of: " -- ")?.lowerBound ?? part.endIndex
            return part[..<end] + option + part[end...]
        }.joined()
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

    /// What ends a command.
    private static let separators = [", ", "; ", ": ", " && ", remark]
    /// The beginning of a remark, which reaches to the end of the text.
    private static let remark = "   #"

    /// The text in parts: commands or other text, with the separators between them. A quoted word is never divided.
    private static func parts(of text: String) -> [Substring] {
        var parts: [Substring] = []
        var (start, index, isQuoted) = (text.startIndex, text.startIndex, false)
        var before: Character = " "
        while index < text.endIndex {
            let rest = text[index...]
            if !isQuoted, let separator = separators.first(where: rest.hasPrefix) {
                let end = separator == remark ? text.endIndex : text.index(index, offsetBy: separator.count)
                parts += [text[start..<index], text[index..<end]]
                (start, index, before) = (end, end, " ")
                continue
            }
            // An apostrophe within a word of a sentence is not the beginning of a quoted word.
            if rest.first == "'", isQuoted || " ='".contains(before) {
                isQuoted.toggle()
            } else if !isQuoted, rest.hasPrefix("\\'") {
                index = text.index(after: index)
            }
            before = text[index]
            index = text.index(after: index)
        }
        return parts + [text[start...]]
    }
}

extension AccountsError {
    /// The suggestion, if it is or begins with a command of this program.
    package var pastableSuggestion: String? {
        suggestion.flatMap { $0.hasPrefix("tsaccounts ") ? PastableCommand($0).text : nil }
    }
}
