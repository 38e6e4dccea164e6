import ArgumentParser
import TradeStationSessions

/// `tsaccounts rename NAME NEW`.
struct RenameCommand: StoreCommand {
    static let configuration = CommandConfiguration(commandName: "rename", abstract: "Rename a profile.")

    @Argument(help: "The profile.", completion: .profiles) var name: String
    @Argument(help: "The new name.") var newName: String
    @OptionGroup var shared: SharedOptions

    func run() async throws {
        let (old, new) = (try ProfileName(name), try ProfileName(newName))
        try await withManager { manager in
            try await manager.registry.rename(old, to: new)
            if shared.json {
                let record = try await manager.registry.profile(named: new)
                try Console.standardOutput(ProfileText(manager).json(record).line)
            } else {
                shared.note("\(old) is now \(new).")
            }
        }
    }
}
