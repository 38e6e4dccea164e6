import ArgumentParser
import TradeStationSessions

/// `tsaccounts status [NAME]`.
struct StatusCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Say how the profiles are; exit 0 when every one is ready.",
        discussion: """
            Exits 75 when one is degraded, when its sign-in ends within 2 hours or its unused refresh token soon, 77 \
            when one needs a sign-in, 78 when an API key is refused.
            """
    )

    @Argument(help: "The profile; all of them without a name.") var name: String?
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
            let worst = ExitStatus.worst(records.map { ExitStatus.of($0, now: text.now) })
            if worst != ExitStatus.fine { throw Ending(status: worst) }
        }
    }
}
