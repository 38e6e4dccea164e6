import ArgumentParser
import TradeStationSessions

/// `tsaccounts audit [NAME]`. Its own name cannot be a profile's.
struct AuditRowsCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "@rows",
        abstract: "Show what happened, oldest first.",
        usage: "tsaccounts audit [NAME] [--since WHEN] [--limit N] [--follow]",
        shouldDisplay: false
    )

    @Argument(help: "The profile, by whose login the rows are chosen; all rows without a name.") var name: String?

    @Option(name: .long, help: ArgumentHelp("From a time on: RFC 3339, or 90s, 15m, 2h, 3d ago.", valueName: "when"))
    var since: String?

    @Option(name: .long, help: ArgumentHelp("The newest that many.", valueName: "n"))
    var limit: Int?

    @Flag(name: .long, help: "Go on showing what comes.") var follow = false

    static let requester = "audit"

    @OptionGroup var shared: SharedOptions

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit takes a number from 1.") }
        if let since, SinceTime(since) == nil {
            throw ValidationError("--since takes a time like 2026-10-06T09:31:00Z, or 90s, 15m, 2h or 3d.")
        }
    }

    func run() async throws {
        let wanted = try name.map { try ProfileName($0) }
        let clock = SystemClock()
        try await withManager { manager in
            var query = AuditQuery(since: since.flatMap { SinceTime($0) }?.time(now: clock.wallTime()), limit: limit)
            if let wanted { query.loginID = try await manager.registry.profile(named: wanted).login.id }
            repeat {
                for record in try await manager.registry.auditRecords(query) {
                    try Console.standardOutput(shared.json ? AuditText.json(record) : AuditText.plain(record))
                    query.afterSequence = record.sequence
                }
                query.limit = nil
                if follow { try await clock.sleep(milliseconds: 500) }
            } while follow
        }
    }
}
