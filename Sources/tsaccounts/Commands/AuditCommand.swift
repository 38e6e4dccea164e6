import ArgumentParser

/// `tsaccounts audit [NAME]` and `tsaccounts audit verify`.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Show the audit, or verify that it is intact.",
        usage: """
            tsaccounts audit [NAME] [--since WHEN] [--until WHEN] [--limit N] [--follow]
            tsaccounts audit verify
            """,
        discussion: """
            Rows are printed oldest first. With NAME, only rows of the profile's login are printed. WHEN is one of:

              2026-11-28 22:50   a date and time, or a date alone for its first moment
              09:31              the latest time at which the clock showed this
              today, yesterday   the first moment of the day
              90s, 15m, 1h30m, 2d, 1w   an age
              2026-10-06T09:31:00Z      a time with a zone (RFC 3339)

            Times without a zone are in the local time zone, or in UTC with --utc. --limit shows the newest N rows; \
            --follow keeps printing new rows. With --json, each line is one object, with times in UTC.
            """,
        subcommands: [AuditRowsCommand.self, AuditVerifyCommand.self],
        defaultSubcommand: AuditRowsCommand.self
    )
}
