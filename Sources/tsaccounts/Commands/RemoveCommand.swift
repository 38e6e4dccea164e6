import ArgumentParser
import TradeStationBroker
import TradeStationSessions

/// `tsaccounts remove NAME`.
struct RemoveCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove a profile from this store, without revoking its tokens at the server.",
        discussion: """
            Removing the last profile of a sign-in also deletes the sign-in and its tokens. Removing the last sign-in of \
            an API key also deletes the key. A damaged profile can be removed too. Asks for \
            confirmation. If the answer is no, the exit status is 130.
            """
    )

    @Argument(help: "The profile.", completion: .profiles) var name: String
    @Flag(name: .long, help: "Do not ask for confirmation.") var yes = false
    @OptionGroup var shared: SharedOptions

    func run() async throws {
        try await withManager { manager in
            let damaged = try await manager.registry.listing().damaged
            // A name that is damaged too is not a valid one. It is compared in the form in which lists show it.
            let named =
                damaged.first { $0.name.lowercased() == name.lowercased() }
                ?? damaged.first { (try? ProfileName($0.name)) == nil && $0.shownName == name }
            if let damaged = named {
                return try await remove(damaged, manager)
            }
            let profileName = try ProfileName(name)
            let record = try await manager.registry.profile(named: profileName)
            let others = try await manager.registry.profilesSharingLogin(of: record)
            let consequence = others.isEmpty ? " and its tokens" : ""
            try await Confirmation(assumesYes: yes, canAsk: shared.canAsk).demand(
                "Remove \(record.name)\(consequence)?",
                of: record.name.text,
                command: "tsaccounts remove \(record.name) --yes"
            )
            try await manager.registry.remove(profileName)
            try report(record.name.text)
        }
    }

    private func remove(_ damaged: DamagedProfile, _ manager: SessionManager) async throws {
        let shown = damaged.shownName
        try await Confirmation(assumesYes: yes, canAsk: shared.canAsk).demand(
            "Remove the damaged profile \(shown), and its tokens if no other profile uses them?",
            of: shown,
            command: "tsaccounts remove --yes -- \(shown.shellQuoted)"
        )
        try await manager.registry.remove(damaged)
        try report(shown)
    }

    private func report(_ removed: String) throws {
        if shared.json {
            try Console.standardOutput(JSONText.object([("profile", .string(removed))]).line)
        } else {
            shared.note("Removed \(removed).")
        }
    }
}
