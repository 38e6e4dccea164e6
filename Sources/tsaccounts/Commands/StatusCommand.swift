import ArgumentParser
import TradeStationSessions

/// `tsaccounts status [NAME]`.
struct StatusCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show profile health; exit with 0 if all profiles are ready.",
        discussion: """
            The exit status is 75 if a profile is degraded, its sign-in ends within 2 hours or may have ended, or its \
            unused refresh token ends soon or may have ended; 77 if a profile needs a sign-in; 78 if an API key is \
            refused. For each profile that needs something, the command that mends it is shown.
            """
    )

    @Argument(help: "The profile; without it, all profiles.", completion: .profiles) var name: String?
    @OptionGroup var shared: SharedOptions

    func run() async throws {
        let wanted = try shared.profile(name)
        try await withManager { manager in
            let records =
                if wanted.name != nil { [try await wanted.record(in: manager)] } else {
                    try await manager.registry.profiles()
                }
            let display = shared.display
            if shared.json {
                try Console.standardOutput(ProfileText(now: display.time.now).json(records).line)
            } else {
                try ProfileTable(display: display).lines(records).forEach(Console.standardOutput)
                if records.isEmpty { shared.note("There is no profile yet.") }
                for record in records {
                    guard let advice = ProfileAdvice(for: record, display.time) else { continue }
                    shared.note("\(record.name): \(advice.problem) Try: \(advice.command)")
                }
            }
            shared.noteTrustedGroup()
            let worst = ExitStatus.worst(records.map { ExitStatus.of($0, now: display.time.now) })
            if worst != ExitStatus.fine { throw Ending(status: worst) }
        }
    }
}
