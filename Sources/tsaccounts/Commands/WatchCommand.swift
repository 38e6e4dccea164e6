import ArgumentParser
import Foundation
import TradeStationBroker
import TradeStationSessions

/// `tsaccounts watch [NAME...]`.
struct WatchCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Watch the profiles live.",
        discussion: """
            In a terminal, a table is drawn once a second and whenever something happens. The keys are

              q              quit
              s              sort by name, state or expiry
              r              refresh the selected profile
              j, k, arrows   select a profile

            Elsewhere, and with --json, it prints the state of each profile and then a line for each event, until it is \
            interrupted.
            """
    )

    @Argument(help: "The profiles; without them, all profiles.", completion: .profiles) var names: [String] = []
    @OptionGroup var shared: SharedOptions

    func run() async throws {
        let names = try names.map { try ProfileName($0) }
        // Waits are not noted: the screen is in use.
        let configuration = shared.configuration(requester: Self.requester)
        try await withSessionManager(configuration: configuration) { manager in
            try await requireProfiles(names, manager)
            let screen = shared.json ? nil : FullScreen(environment: ProcessInfo.processInfo.environment)
            if let screen {
                try await WatchedTerminal(manager: manager, screen: screen, shared: shared).run(names)
            } else {
                try await printLines(names, manager)
            }
        }
    }

    /// - Throws: `AccountsError` `profile_not_found`, with the nearest name.
    private func requireProfiles(_ names: [ProfileName], _ manager: SessionManager) async throws {
        let known = Set(try await manager.registry.listing().names.map { $0.lowercased() })
        for name in names where !known.contains(name.text.lowercased()) {
            _ = try await manager.registry.profile(named: name)
        }
    }

    private func printLines(_ names: [ProfileName], _ manager: SessionManager) async throws {
        let wanted = Set(names.map { $0.text.lowercased() })
        func isShown(_ name: ProfileName) -> Bool { wanted.isEmpty || wanted.contains(name.text.lowercased()) }
        // What happens while the profiles are read is not missed.
        let events = manager.events
        let listing = try await manager.registry.examinedListing()
        let now = shared.display.time.now
        for record in listing.profiles where isShown(record.name) {
            let text = WatchText(time: shared.display.time)
            try Console.standardOutput(shared.json ? WatchText.json(record, now: now).line : text.line(record))
        }
        for await event in events where event.profiles.contains(where: isShown) {
            let text = WatchText(time: shared.display.time)
            try Console.standardOutput(shared.json ? WatchText.json(event).line : text.line(event))
        }
        try Task.checkCancellation()
    }
}
