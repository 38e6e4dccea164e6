import ArgumentParser
import TradeStationBroker
import TradeStationSessions

/// `tsaccounts show [NAME]`.
struct ShowCommand: StoreCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show all details of a profile.")

    @Argument(help: "The profile.", completion: .profiles) var name: String?

    @Flag(name: .long, help: "Also request the brokerage accounts from the API.")
    var accounts = false

    @OptionGroup var shared: SharedOptions

    func run() async throws {
        let wanted = try shared.profile(name)
        try await withManager { manager in
            var record = try await wanted.record(in: manager)
            var listed: [BrokerageAccount]?
            if accounts {
                listed = try await brokerageAccounts(record.name, manager)
                record = try await manager.registry.profile(named: record.name)
            }
            let listing = try await manager.registry.examinedListing()
            if let damaged = listing.damaged.first(where: { $0.name == record.name.text }) { throw damaged.error }
            record = listing.profiles.first { $0.profile.id == record.profile.id } ?? record
            let lateResult = try await manager.registry.lateResult(of: record)
            let display = shared.display
            if shared.json {
                let text = ProfileText(manager, now: display.time.now)
                try Console.standardOutput(text.json(record, accounts: listed, lateResult: lateResult).line)
            } else {
                let page = ProfilePage(display: display, quotas: manager.quotas(of: record.login.id))
                try page.lines(record, accounts: listed, lateResult: lateResult).forEach(Console.standardOutput)
            }
            shared.noteTrustedGroup()
        }
    }

    private func brokerageAccounts(_ name: ProfileName, _ manager: SessionManager) async throws -> [BrokerageAccount] {
        do {
            return try await manager.session(named: name.text).accounts()
        } catch let error as APIError {
            throw AccountsError(error, profile: name)
        }
    }
}
