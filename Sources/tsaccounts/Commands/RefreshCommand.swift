import ArgumentParser
import TradeStationSessions

/// `tsaccounts refresh [NAME...]`.
struct RefreshCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "refresh",
        abstract: "Exchange the refresh token now.",
        discussion: """
            Also during backoff and when the API key was refused. During a pause that the server asked for it waits, \
            within --timeout.

            With --all --due it does once what serve does all the time, for cron and timers: run it every 4 minutes. \
            A failure that is being waited out and a refused API key are respected then, and profiles that nobody has signed \
            in to are left alone.
            """
    )

    @Argument(help: "The profiles.") var names: [String] = []
    @Flag(name: .long, help: "All profiles.") var all = false
    @Flag(name: .long, help: "With --all: only those whose token is near its end.") var due = false
    @OptionGroup var shared: SharedOptions

    private struct Result {
        let profile: ProfileName
        let report: RefreshReport?
        let failure: AccountsError?

        init(record: ProfileRecord, _ result: Swift.Result<RefreshReport, AccountsError>) {
            profile = record.profile.name
            switch result {
            case .success(let report): (self.report, failure) = (report, nil)
            case .failure(let error): (report, failure) = (nil, error.about(profile))
            }
        }
    }

    func validate() throws {
        guard !all || names.isEmpty else { throw ValidationError("Name profiles or say --all, not both.") }
        guard !due || all else { throw ValidationError("--due goes with --all.") }
    }

    func run() async throws {
        let wanted = try names.isEmpty ? [shared.profileName(nil)] : names.map { try shared.profileName($0) }
        try await withManager { manager in
            var records: [ProfileRecord] = []
            if all {
                records = try await manager.registry.profiles()
                if records.isEmpty { shared.note("There is no profile yet.") }
                // Where nobody has signed in yet, nothing is due.
                if due { records.removeAll { $0.state == .new } }
            } else {
                for name in wanted { records.append(try await manager.registry.profile(namedOrOnly: name)) }
            }
            let results = try await manager.refresh(all: records, onlyIfDue: due)
            try report(zip(records, results).map { Result(record: $0, $1) })
        }
    }

    private func report(_ results: [Result]) throws {
        let failures = results.compactMap(\.failure)
        // A single failure is the command's failure: nothing on standard output.
        if let failure = failures.first, results.count == 1 { throw failure }
        if shared.json {
            try Console.standardOutput(JSONText.object([("results", .array(results.map(json)))]).line)
        } else {
            for result in results where result.failure != nil || !shared.quiet {
                Console.standardError(words(result))
            }
        }
        let worst = ExitStatus.worst(failures.map { ExitStatus.of($0.code) })
        guard let failure = failures.first(where: { ExitStatus.of($0.code) == worst }) else { return }
        if shared.json { throw failure }
        throw Ending(status: worst)
    }

    private func words(_ result: Result) -> String {
        if let failure = result.failure { return FailureText.plain(failure, about: result.profile) }
        guard let report = result.report else { return "" }
        return
            "\(result.profile): \(report.outcome.rawValue), generation \(report.generation), until \(report.expiresAt)"
    }

    private func json(_ result: Result) -> JSONText {
        .object([
            ("profile", .string(result.profile.text)),
            ("outcome", .string(result.report?.outcome.rawValue ?? "failed")),
            ("code", .optional(result.failure?.code.rawValue)),
            ("generation", .optional(result.report.map { Int64($0.generation) })),
            ("expires_at", .optional(result.report?.expiresAt.description)),
        ])
    }
}
