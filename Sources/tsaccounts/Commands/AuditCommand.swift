import ArgumentParser

/// `tsaccounts audit [NAME]` and `tsaccounts audit verify`.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Show the audit, or verify that it is intact.",
        usage: """
            tsaccounts audit [NAME] [--since WHEN] [--limit N] [--follow]
            tsaccounts audit verify
            """,
        discussion: """
            Rows are printed oldest first. With NAME, only rows of the profile's login are printed. WHEN is a time like \
            2026-10-06T09:31:00Z, or an age like 90s, 15m, 2h, 3d. --limit prints the newest N rows; --follow keeps \
            printing new rows. With --json, each line is one object.
            """,
        subcommands: [AuditRowsCommand.self, AuditVerifyCommand.self],
        defaultSubcommand: AuditRowsCommand.self
    )
}
