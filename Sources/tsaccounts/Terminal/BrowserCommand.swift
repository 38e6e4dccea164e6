import Foundation

/// A command that opens a page: a program and its arguments.
struct BrowserCommand: Equatable {
    let words: [String]

    /// The commands to try for a page, in this order.
    ///
    /// `BROWSER` is a list of commands separated by colons. `%s` in a command stands for the page, which is otherwise
    /// its last argument; `%c` stands for a colon and `%%` for a percent sign. Without `BROWSER`, the system's own
    /// command is used where there is a desktop.
    static func candidates(for page: String, _ environment: [String: String]) -> [BrowserCommand] {
        if let chosen = environment["BROWSER"], !chosen.isEmpty {
            // A single program can have blanks and colons in its path.
            guard !FileManager.default.isExecutableFile(atPath: chosen) else {
                return [BrowserCommand(words: [chosen, page])]
            }
            return commands(in: chosen).map { BrowserCommand(words: $0.filled(with: page)) }
        }
        #if os(macOS)
            return [BrowserCommand(words: ["open", page])]
        #else
            let hasDisplay = ["DISPLAY", "WAYLAND_DISPLAY"].contains { !(environment[$0] ?? "").isEmpty }
            return hasDisplay ? [BrowserCommand(words: ["xdg-open", page])] : []
        #endif
    }

    /// The file of the program; nil if there is no such program.
    func executable(_ environment: [String: String]) -> URL? {
        guard let program = words.first else { return nil }
        let directories = program.contains("/") ? [""] : (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        return directories.lazy
            .map { $0.isEmpty ? program : "\($0)/\(program)" }
            .first(where: FileManager.default.isExecutableFile)
            .map { URL(fileURLWithPath: $0) }
    }

    /// Splits the value at colons and each command at blanks, as a shell does: quotes and backslashes protect them.
    private static func commands(in value: String) -> [[String]] {
        var commands: [[String]] = [[]]
        var word: String?
        var quote: Character?
        var isEscaped = false
        func endWord() {
            if let word { commands[commands.count - 1].append(word) }
            word = nil
        }
        for character in value {
            switch character {
            case _ where isEscaped:
                word = (word ?? "") + String(character)
                isEscaped = false
            case "\\" where quote != "'": isEscaped = true
            case quote: quote = nil
            case "\"" where quote == nil, "'" where quote == nil:
                quote = character
                word = word ?? ""
            case " " where quote == nil, "\t" where quote == nil: endWord()
            case ":" where quote == nil:
                endWord()
                commands.append([])
            default: word = (word ?? "") + String(character)
            }
        }
        endWord()
        // "&" asks a shell to start the browser in the background, which is always done here.
        return commands.map { $0.last == "&" ? $0.dropLast() : $0 }.filter { !$0.isEmpty }
    }
}

extension [String] {
    /// The words of a command with `%s`, `%c` and `%%` replaced.
    fileprivate func filled(with page: String) -> [String] {
        var namesPage = false
        let words = map { word in
            var result = ""
            var rest = word[...]
            while let character = rest.popFirst() {
                switch (character, rest.first) {
                case ("%", "s"):
                    result += page
                    namesPage = true
                case ("%", "c"): result += ":"
                case ("%", "%"): result += "%"
                default:
                    result.append(character)
                    continue
                }
                rest.removeFirst()
            }
            return result
        }
        return namesPage ? words : words + [page]
    }
}
