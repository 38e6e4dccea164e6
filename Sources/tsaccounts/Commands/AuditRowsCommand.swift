import ArgumentParser
import TradeStationBroker
import TradeStationSessions

/// `tsaccounts audit [NAME]`. Users leave out the name of this subcommand, `@rows`, which cannot be the name of a
/// profile.
struct AuditRowsCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "@rows",
        abstract: "Show audit rows, oldest first.",
        usage: "tsaccounts audit [NAME] [--since WHEN] [--until WHEN] [--limit N] [--follow]",
        shouldDisplay: false
    )

    @Argument(help: "Show only the rows of this profile's login.", completion: .profiles) var name: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Show rows since this time or age (09:31, yesterday, 2h).", valueName: "when")
    )
    var since: String?

    @Option(name: .long, help: ArgumentHelp("Show rows up to this time or age.", valueName: "when"))
    var until: String?

    @Option(name: .long, help: ArgumentHelp("Show the newest N rows.", valueName: "n"))
    var limit: Int?

    @Flag(name: .long, help: "Keep printing new rows.") var follow = false

    static let requester = "audit"

    @OptionGroup var shared: SharedOptions

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit takes a number of at least 1.") }
        for (option, text) in [("--since", since), ("--until", until)] {
            if let text, TimeArgument(text) == nil {
                throw ValidationError(
                    "\(option) takes a time like '2026-11-28 22:50', 09:31 or yesterday, or an age like 15m or 1h30m."
                )
            }
        }
        guard !follow || until == nil else { throw ValidationError("Use --follow or --until, not both.") }
    }

    func run() async throws {
        let wanted = try name.map { try ProfileName($0) }
        let clock = SystemClock()
        let (now, zone) = (clock.wallTime(), shared.zone)
        try await withManager { manager in
            var query = AuditQuery(
                since: since.flatMap { TimeArgument($0) }?.time(now: now, in: zone),
                until: until.flatMap { TimeArgument($0) }?.time(now: now, in: zone),
                limit: limit
            )
            if let wanted { query.loginID = try await login(of: wanted, manager) }
            repeat {
                let text = AuditText(display: shared.display)
                for record in try await manager.registry.auditRecords(query) {
                    try Console.standardOutput(shared.json ? AuditText.json(record) : text.plain(record))
                    // An edited number can be larger than those of later rows, which would then be skipped.
                    let isEdited = !AuditRecord.sequences.contains(record.sequence)
                    if !isEdited { query.afterSequence = record.sequence }
                }
                query.throughSequence = AuditRecord.sequences.upperBound
                query.limit = nil
                if follow { try await clock.sleep(milliseconds: 500) }
            } while follow
        }
    }

    /// The login of a profile. If there is no such profile and the name looks like a mistyped `verify`, the error
    /// suggests that subcommand.
    private func login(of name: ProfileName, _ manager: SessionManager) async throws -> Login.ID {
        do {
            return try await manager.registry.profile(named: name).login.id
        } catch let error as AccountsError where error.code == .profileNotFound && error.reason == nil {
            guard name.text.nearestWord(among: ["verify"]) != nil else { throw error }
            throw AccountsError(
                error.code,
                profile: error.profile,
                error.message,
                suggestion: "tsaccounts audit verify"
            )
        }
    }
}
