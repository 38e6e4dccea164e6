import ArgumentParser
import TradeStationBroker
import TradeStationSessions

/// `tsaccounts token [NAME]`.
struct TokenCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Print a fresh access token and nothing else.",
        discussion: """
            Pass the token on through a pipe or a file, never as an argument: other processes can see arguments.

            If tsaccounts serve runs and has a fresh token, the token comes from its socket. TSACCOUNTS_SOCKET names \
            another socket; if it is empty, none is used.
            """
    )

    @Argument(help: "The profile.", completion: .profiles) var name: String?

    @Option(
        name: .customLong("min-validity"),
        help: ArgumentHelp("The minimum remaining lifetime of the token.", valueName: "seconds")
    )
    var minValidity: UInt32 = 0

    @OptionGroup var shared: SharedOptions

    func run() async throws {
        let wanted = try shared.profile(name)
        if let name = wanted.name, let json = await AgentToken(shared)?.json(of: name, minValidity: minValidity) {
            return try Console.standardOutput(shared.json ? json : TokenText.token(in: json))
        }
        try await withManager { manager in
            let record = try await wanted.record(in: manager)
            let report = try await manager.token(record, validFor: .seconds(Int64(minValidity)))
            if report.isSaved {
                try Console.standardOutput(shared.json ? TokenText.json(report) : report.token.secret.exposed)
            }
            if let failure = report.saveFailure { throw failure }
        }
    }
}
