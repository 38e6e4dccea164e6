import ArgumentParser
import TradeStationSessions

/// `tsaccounts remove NAME`.
struct RemoveCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove a profile here. Nothing is revoked at the server.",
        discussion: "With its last profile the login and its tokens go, with its last login the API key."
    )

    @Argument(help: "The profile.") var name: String
    @Flag(name: .long, help: "Do not ask.") var yes = false
    @OptionGroup var shared: SharedOptions

    func run() async throws {
        let profileName = try ProfileName(name)
        try await withManager { manager in
            let record = try await manager.registry.profile(named: profileName)
            let others = try await manager.registry.companions(of: record)
            let consequence = others.isEmpty ? " and its tokens" : ""
            try await Confirmation.demand(
                "Remove \(record.profile.name)\(consequence)?",
                of: record.profile.name,
                answered: yes,
                noInput: shared.noInput,
                command: "tsaccounts remove \(record.profile.name)"
            )
            try await manager.registry.remove(profileName)
            if shared.json {
                try Console.standardOutput(JSONText.object([("profile", .string(record.profile.name.text))]).line)
            } else {
                shared.note("Removed \(record.profile.name).")
            }
        }
    }
}
