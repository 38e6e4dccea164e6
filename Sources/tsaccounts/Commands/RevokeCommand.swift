import ArgumentParser
import TradeStationBroker
import TradeStationSessions

/// `tsaccounts revoke NAME`.
struct RevokeCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Revoke a refresh token at the server. This ends every sign-in of its API key.",
        discussion: "Asks for confirmation. If the answer is no, the exit status is 130."
    )

    @Argument(help: "The profile.", completion: .profiles) var name: String
    @Flag(name: .long, help: "Do not ask for confirmation.") var yes = false
    @OptionGroup var shared: SharedOptions

    func run() async throws {
        let profileName = try ProfileName(name)
        try await withManager { manager in
            let record = try await manager.registry.profile(named: profileName)
            let ended = try await manager.registry.profilesSharingKey(of: record)
            if !shared.json { announce(ended) }
            try await Confirmation(assumesYes: yes, canAsk: shared.canAsk).demand(
                "Revoke?",
                of: record.name.text,
                command: "tsaccounts revoke \(record.name) --yes"
            )
            let revoked = try await manager.registry.revoke(profileName)
            if shared.json {
                try Console.standardOutput(
                    JSONText.object([
                        ("profile", .string(record.name.text)),
                        ("signed_out", .array(revoked.map { .string($0.name.text) })),
                    ]).line
                )
            } else {
                shared.note("Revoked. Next: \(PastableCommand("tsaccounts login \(record.name)").text)")
            }
        }
    }

    private func announce(_ ended: [ProfileRecord]) {
        shared.note("This ends the sign-in of every profile on the API key:")
        for mate in ended {
            let user = mate.login.identity.username.map { " (\($0.printable(limit: 60)))" } ?? ""
            shared.note("  \(mate.name)\(user)")
        }
    }
}
