import ArgumentParser
import TradeStationSessions

/// `tsaccounts token [NAME]`.
struct TokenCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Print a fresh access token and nothing else.",
        discussion:
            "Pass the token on through a pipe or a file, never as an argument: other processes can see arguments."
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
        try await withManager { manager in
            let record = try await wanted.record(in: manager)
            let report = try await manager.token(record, validFor: .seconds(Int64(minValidity)))
            // A token that only this process has is not printed: it would be lost for all others.
            let isSaved = report.saveFailure.map { [.saveDeferred, .serverError].contains($0.code) } ?? true
            if isSaved { try Console.standardOutput(shared.json ? json(report).line : report.token.secret.exposed) }
            if let failure = report.saveFailure { throw failure }
        }
    }

    private func json(_ report: TokenReport) -> JSONText {
        let profile = report.profile.profile
        return .object([
            ("profile", .string(profile.name.text)), ("environment", .string(profile.environment.rawValue)),
            ("api_url", .string(profile.apiOrigin)), ("access_token", .string(report.token.secret.exposed)),
            ("token_type", .string("Bearer")), ("expires_at", .string(report.token.expiresAt.description)),
            ("expires_in_seconds", .integer(report.life.components.seconds)),
        ])
    }
}
