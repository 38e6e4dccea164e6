import ArgumentParser
import Foundation
import TradeStationBroker
import TradeStationSessions

/// `tsaccounts backup DIR`.
struct BackupCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the store, with its key, into a new directory.",
        discussion: """
            Programs may keep running. DIR must not exist; it appears when the copy is complete. It contains the \
            database and the key, so it opens every sign-in: keep it like a password. A refresh token in it works only \
            while nothing has replaced it, that is until the next refresh if the API key rotates refresh tokens. Never \
            use the copy while the store is in use.
            """
    )

    @Argument(help: ArgumentHelp("The directory to create.", valueName: "dir"), completion: .directory)
    var directory: String

    @OptionGroup var shared: SharedOptions

    func validate() throws {
        guard !directory.isEmpty else { throw ValidationError("backup takes a directory.") }
    }

    func run() async throws {
        let path = URL(fileURLWithPath: directory).path
        let configuration = shared.configuration(requester: Self.requester)
        let (data, config) = (try configuration.dataDirectory, try configuration.configDirectory)
        try await withManager { manager in
            let names = try await manager.registry.listing().names
            try await manager.registry.backUp(to: path)
            guard !shared.json else {
                let members: [(String, JSONText)] = [
                    ("directory", .string(path)), ("profiles", .array(names.map { .string($0) })),
                ]
                return try Console.standardOutput(JSONText.object(members).line)
            }
            shared.note("Copied \(names.count) profile\(names.count == 1 ? "" : "s") and the key to \(path).")
            shared.note("To restore it, end every program that uses the store, then run:")
            restoring(path, into: data, config).forEach { shared.note("  \($0)") }
        }
    }

    /// The commands that put the copy in the place of the store.
    private func restoring(_ path: String, into dataDirectory: String, _ configDirectory: String) -> [String] {
        let (data, config) = (dataDirectory.shellQuoted, configDirectory.shellQuoted)
        let replaced = (dataDirectory + ".replaced").shellQuoted
        let directories = [data, replaced] + (config == data ? [] : [config])
        return [
            "mkdir -p -m 700 \(directories.joined(separator: " "))",
            "find \(data) -maxdepth 1 -name 'accounts.db*' -exec mv {} \(replaced)/ \\;",
            "cp \((path + "/accounts.db").shellQuoted) \(data)/",
            "cp \((path + "/key").shellQuoted) \(config)/",
            PastableCommand("tsaccounts audit verify && tsaccounts status").text,
        ]
    }
}
