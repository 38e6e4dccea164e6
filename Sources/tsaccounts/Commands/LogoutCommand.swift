import ArgumentParser
import TradeStationBroker
import TradeStationSessions

/// `tsaccounts logout NAME`.
struct LogoutCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "logout",
        abstract: "Delete a login's tokens from this store, without revoking them at the server.",
        discussion: """
            Also signs out the other profiles that use the login. On a terminal, asks for confirmation. If the \
            answer is no, the exit status is 130.
            """
    )

    @Argument(help: "The profile.", completion: .profiles) var name: String?
    @Flag(name: .long, help: "Do not ask for confirmation.") var yes = false
    @OptionGroup var shared: SharedOptions

    func run() async throws {
        let wanted = try shared.profile(name)
        try await withManager { manager in
            let record = try await wanted.record(in: manager)
            let sharing = try await manager.registry.profilesSharingLogin(of: record).map(\.name.text)
            if !sharing.isEmpty, !shared.json {
                shared.note("This also signs out \(sharing.joined(separator: ", ")), on the same login.")
            }
            try await Confirmation(assumesYes: yes, canAsk: shared.canAsk).ask("Sign out of \(record.name)?")
            let others = try await manager.registry.signOut(record.name)
            if shared.json {
                try Console.standardOutput(
                    JSONText.object([
                        ("profile", .string(record.name.text)),
                        ("also_signed_out", .array(others.map { .string($0.name.text) })),
                    ]).line
                )
            } else {
                let names = ([record] + others).map(\.name.text).joined(separator: ", ")
                shared.note("Signed out of \(names). Next: \(PastableCommand("tsaccounts login \(record.name)").text)")
            }
        }
    }
}
