import ArgumentParser
import TradeStationSessions

/// `tsaccounts audit [NAME]`. The name of the subcommand cannot be the name of a profile.
struct AuditRowsCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "@rows",
        abstract: "Show audit rows, oldest first.",
        usage: "tsaccounts audit [NAME] [--since WHEN] [--limit N] [--follow]",
        shouldDisplay: false
    )

    @Argument(help: "The profile whose login is shown; without it, all rows.", completion: .profiles) var name: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Start at this time (RFC 3339) or age (90s, 15m, 2h, 3d).", valueName: "when")
    )
    var since: String?

    @Option(name: .long, help: ArgumentHelp("Show only the newest N rows.", valueName: "n"))
    var limit: Int?

    @Flag(name: .long, help: "Keep printing new rows.") var follow = false

    static let requester = "audit"

    @OptionGroup var shared: SharedOptions

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit takes a number of at least 1.") }
        if let since, SinceTime(since) == nil {
            throw ValidationError("--since takes a time like 2026-10-06T09:31:00Z, or an age like 90s, 15m, 2h or 3d.")
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
