import ArgumentParser
import TradeStationSessions

/// `tsaccounts logout NAME`.
struct LogoutCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "logout",
        abstract: "Delete a login's tokens from this store, without revoking them at the server."
    )

    @Argument(help: "The profile.") var name: String?
    @OptionGroup var shared: SharedOptions

    func run() async throws {
        let wanted = try shared.profileName(name)
        try await withManager { manager in
            let record = try await manager.registry.profile(namedOrOnly: wanted)
            let others = try await manager.registry.signOut(record.profile.name)
            if shared.json {
                try Console.standardOutput(
                    JSONText.object([
                        ("profile", .string(record.profile.name.text)),
                        ("also_signed_out", .array(others.map { .string($0.profile.name.text) })),
                    ]).line
                )
            } else {
                let names = others.map(\.profile.name.text).joined(separator: ", ")
                shared.note(
                    "Signed out of \(record.profile.name)."
                        + (others.isEmpty ? "" : " Also signed out, on the same login: \(names).")
                )
            }
        }
    }
}
