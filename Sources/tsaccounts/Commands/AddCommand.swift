import ArgumentParser

/// `tsaccounts add`.
struct AddCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add a profile.",
        subcommands: [AddProfileCommand.self]
    )
}
