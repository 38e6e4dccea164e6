import ArgumentParser
import TradeStationSessions

/// `tsaccounts remove NAME`.
struct RemoveCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove a profile from this store, without revoking its tokens at the server.",
        discussion: """
            Removing the last profile of a sign-in also deletes the sign-in and its tokens. Removing the last sign-in of \
            an API key also deletes the key. A no to the question ends with exit status 130.
            """
    )

    @Argument(help: "The profile.", completion: .profiles) var name: String
    @Flag(name: .long, help: "Do not ask for confirmation.") var yes = false
    @OptionGroup var shared: SharedOptions

    func run() async throws {
        let profileName = try ProfileName(name)
        try await withManager { manager in
            let record = try await manager.registry.profile(named: profileName)
            let others = try await manager.registry.profilesSharingLogin(of: record)
            let consequence = others.isEmpty ? " and its tokens" : ""
            try await Confirmation(answered: yes, noInput: shared.noInput).demand(
                "Remove \(record.name)\(consequence)?",
                of: record.name,
                command: "tsaccounts remove \(record.name)"
            )
            try await manager.registry.remove(profileName)
            if shared.json {
                try Console.standardOutput(JSONText.object([("profile", .string(record.name.text))]).line)
            } else {
                shared.note("Removed \(record.name).")
            }
        }
    }
}
