import ArgumentParser
import TradeStationBroker
import TradeStationSessions

/// `tsaccounts list [profiles]`.
struct ListCommand: StoreCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the profiles.")

    @Argument(help: "What to list; only \"profiles\" is supported.") var what: String?
    @OptionGroup var shared: SharedOptions

    func validate() throws {
        guard what == nil || what == "profiles" else { throw ValidationError("Only profiles can be listed.") }
    }

    func run() async throws {
        try await withManager { manager in
            let text = ProfileText(manager)
            let listing = try await manager.registry.examinedListing()
            if shared.json {
                try Console.standardOutput(text.json(listing).line)
            } else if listing.names.isEmpty {
                let first = PastableCommand("tsaccounts add profile main --sim --client-id ID")
                shared.note("There is no profile yet. Try: \(first.text)")
            } else {
                try ProfileTable(display: shared.display).lines(listing).forEach(Console.standardOutput)
                listing.damaged.map(text.failure).forEach(Console.standardError)
            }
            if !listing.damaged.isEmpty { throw Ending(status: ExitStatus.of(.recordTampered)) }
        }
    }
}
