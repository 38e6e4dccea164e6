import ArgumentParser

/// `tsaccounts audit [NAME]` and `tsaccounts audit verify`.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Show what happened, or check that the record is whole.",
        usage: """
            tsaccounts audit [NAME] [--since WHEN] [--limit N] [--follow]
            tsaccounts audit verify
            """,
        discussion: """
            Rows come oldest first. NAME chooses by its login. WHEN is a time like 2026-10-06T09:31:00Z, or 90s, 15m, \
            2h, 3d ago; --limit shows the newest N, --follow goes on with what comes. With --json, one object per line.
            """,
        subcommands: [AuditRowsCommand.self, AuditVerifyCommand.self],
        defaultSubcommand: AuditRowsCommand.self
    )
}
