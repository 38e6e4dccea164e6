import ArgumentParser
import TradeStationSessions

/// `tsaccounts status [NAME]`.
struct StatusCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the state of profiles; exit with 0 if all are ready.",
        discussion: """
            The exit status is 75 if a profile is degraded, its sign-in ends within 2 hours or its unused refresh \
            token ends soon; 77 if a profile needs a sign-in; 78 if an API key is refused.
            """
    )

    @Argument(help: "The profile; without it, all profiles.") var name: String?
    @OptionGroup var shared: SharedOptions

    func run() async throws {
        let wanted = try shared.profileName(name)
        try await withManager { manager in
            let records =
                if let wanted { [try await manager.registry.profile(named: wanted)] } else {
                    try await manager.registry.profiles()
                }
            let text = ProfileText(now: SystemClock().wallTime())
            if shared.json {
                try Console.standardOutput(text.json(records).line)
            } else {
                try text.table(records).forEach(Console.standardOutput)
                if records.isEmpty { shared.note("There is no profile yet.") }
                records.compactMap(text.warning).forEach(shared.note)
            }
            shared.noteTrustedGroup()
            let worst = ExitStatus.worst(records.map { ExitStatus.of($0, now: text.now) })
            if worst != ExitStatus.fine { throw Ending(status: worst) }
        }
    }
}
