import ArgumentParser
import Foundation

/// The commands with their options, as the argument parser describes them.
struct CommandTree: Decodable {
    private struct Description: Decodable { let command: CommandTree }

    private struct Option: Decodable {
        struct Name: Decodable {
            let kind: String
            let name: String
        }

        let kind: String
        let names: [Name]?
        /// The option as it is typed, for example `--json` or `-q`.
        var words: [String] { (names ?? []).map { ($0.kind == "long" ? "--" : "-") + $0.name } }
    }

    let commandName: String
    let shouldDisplay: Bool?
    let defaultSubcommand: String?
    let subcommands: [CommandTree]?
    private let arguments: [Option]?

    /// The tree of all commands; nil if the parser describes them in an unknown way.
    static let all = try? JSONDecoder().decode(Description.self, from: Data(Tsaccounts._dumpHelp().utf8)).command

    /// The subcommands that can be typed.
    var choices: [CommandTree] { (subcommands ?? []).filter { $0.shouldDisplay != false } }

    /// Whether a word that is not a subcommand can follow.
    var acceptsWords: Bool { choices.isEmpty || defaultSubcommand != nil }

    /// The options of the command and of its default subcommand.
    var options: [String] {
        let standsFor = (subcommands ?? []).first { $0.commandName == defaultSubcommand }
        return (arguments ?? []).flatMap(\.words) + (standsFor?.options ?? [])
    }

    /// Whether an option is followed by a value.
    func takesValue(_ option: String) -> Bool {
        (arguments ?? []).contains { $0.kind == "option" && $0.words.contains(option) }
    }
}
