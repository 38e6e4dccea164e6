import ArgumentParser
import TradeStationSessions

/// `tsaccounts logout NAME`.
struct LogoutCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "logout",
        abstract: "Delete a login's tokens from this store, without revoking them at the server."
    )

    @Argument(help: "The profile.", completion: .profiles) var name: String?
    @OptionGroup var shared: SharedOptions

    func run() async throws {
        let wanted = try shared.profileName(name)
        try await withManager { manager in
            let record = try await manager.registry.profile(namedOrOnly: wanted)
            let others = try await manager.registry.signOut(record.name)
            if shared.json {
                try Console.standardOutput(
                    JSONText.object([
                        ("profile", .string(record.name.text)),
                        ("also_signed_out", .array(others.map { .string($0.name.text) })),
                    ]).line
                )
            } else {
                let names = others.map(\.name.text).joined(separator: ", ")
                shared.note(
                    "Signed out of \(record.name)."
                        + (others.isEmpty ? "" : " Also signed out, on the same login: \(names).")
                )
            }
        }
    }
}
