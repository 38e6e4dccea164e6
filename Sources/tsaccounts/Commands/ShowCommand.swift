import ArgumentParser
import TradeStationSessions

/// `tsaccounts show [NAME]`.
struct ShowCommand: StoreCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show a profile in full.")

    @Argument(help: "The profile.") var name: String?
    @OptionGroup var shared: SharedOptions

    func run() async throws {
        let wanted = try shared.profileName(name)
        try await withManager { manager in
            let record = try await manager.registry.profile(namedOrOnly: wanted)
            let text = ProfileText(now: SystemClock().wallTime())
            if shared.json {
                try Console.standardOutput(text.json(record).line)
            } else {
                try text.page(record).forEach(Console.standardOutput)
            }
        }
    }
}
