import ArgumentParser
import TradeStationSessions

/// `tsaccounts audit verify`.
struct AuditVerifyCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Verify the hashes of every audit row, the whole schema and the structure of the database."
    )

    static let requester = "audit verify"

    @OptionGroup var shared: SharedOptions

    func run() async throws {
        try await withManager { manager in
            let found = try await manager.registry.verifyAudit()
            if shared.json {
                try Console.standardOutput(
                    JSONText.object([
                        ("ok", .bool(found.isIntact)), ("rows", .integer(Int64(found.rows))),
                        ("first_bad_seq", .optional(found.firstBadSequence)),
                    ]).line
                )
            } else if found.isIntact {
                try Console.standardOutput("ok: \(found.rows) rows, unbroken")
            }
            guard let problem = found.problem else { return }
            throw AccountsError(
                .auditBroken,
                found.firstBadSequence.map { "The audit is broken at seq \($0)." }
                    ?? "The rows of the audit are unbroken, but the database is not as tsaccounts made it.",
                reason: problem,
                suggestion: "compare the database with an earlier copy"
            )
        }
    }
}
