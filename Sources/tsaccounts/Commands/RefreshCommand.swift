import ArgumentParser
import TradeStationBroker
import TradeStationSessions

/// `tsaccounts refresh [NAME...]`.
struct RefreshCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "refresh",
        abstract: "Exchange the refresh token now.",
        discussion: """
            Ignores backoff and an earlier refusal of the API key. If the server has asked for a pause, the command \
            waits until it ends, for at most --timeout.

            To refresh from cron or a timer instead of running serve, run this command every 4 minutes with --all and \
            --due. With --due, the command respects backoff and a refused API key, skips profiles that were never signed \
            in to, and includes those whose refresh a dead process has left unfinished.
            """
    )

    @Argument(help: "The profiles.", completion: .profiles) var names: [String] = []
    @Flag(name: .long, help: "All profiles.") var all = false
    @Flag(name: .long, help: "With --all: only profiles whose token expires soon.") var due = false
    @OptionGroup var shared: SharedOptions

    private struct Result {
        let profile: String
        /// The login of the profile; nil if the profile is damaged.
        let login: Login.ID?
        let report: RefreshReport?
        let failure: AccountsError?

        init(record: ProfileRecord, _ result: Swift.Result<RefreshReport, AccountsError>) {
            profile = record.name.text
            login = record.login.id
            switch result {
            case .success(let report): (self.report, failure) = (report, nil)
            case .failure(let error): (report, failure) = (nil, error.about(record.name))
            }
        }

        init(damaged: DamagedProfile) {
            profile = damaged.shownName
            login = nil
            report = nil
            failure = damaged.error
        }
    }

    func validate() throws {
        guard !all || names.isEmpty else { throw ValidationError("Use profile names or --all, not both.") }
        guard !due || all else { throw ValidationError("--due requires --all.") }
    }

    func run() async throws {
        let wanted = try names.isEmpty ? [shared.profile(nil)] : names.map { try shared.profile($0) }
        try await withManager { manager in
            var records: [ProfileRecord] = []
            var damaged: [DamagedProfile] = []
            if all {
                let listing = try await manager.registry.listing()
                (records, damaged) = (listing.profiles, listing.damaged)
                if listing.names.isEmpty { shared.note("There is no profile yet.") }
                // A profile that was never signed in has no token, so nothing is due.
                if due { records.removeAll { $0.state == .new } }
            } else {
                for choice in wanted { records.append(try await choice.record(in: manager)) }
            }
            let results = try await manager.refresh(all: records, onlyIfDue: due)
            try report(zip(records, results).map { Result(record: $0, $1) } + damaged.map { Result(damaged: $0) })
        }
    }

    private func report(_ results: [Result]) throws {
        let failures = results.compactMap(\.failure)
        // If the only refresh fails, the command fails and prints nothing on standard output.
        if let failure = failures.first, results.count == 1 { throw failure }
        if shared.json {
            try Console.standardOutput(JSONText.object([("results", .array(results.map(json)))]).line)
        } else {
            for result in results where result.failure != nil || !shared.quiet {
                Console.standardError(line(result, sharing: results))
            }
        }
        let worst = ExitStatus.worst(failures.map { ExitStatus.of($0.code) })
        guard let failure = failures.first(where: { ExitStatus.of($0.code) == worst }) else { return }
        if shared.json { throw failure }
        throw Ending(status: worst)
    }

    private func line(_ result: Result, sharing results: [Result]) -> String {
        if let failure = result.failure {
            // One command mends the login, and so all of its profiles.
            let first = results.first {
                $0.login != nil && $0.login == result.login && $0.failure?.code == failure.code
            }
            guard let first, first.profile != result.profile else {
                return FailureText.plain(failure, about: try? ProfileName(result.profile))
            }
            return "\(result.profile): The same as \(first.profile), on the same login. [\(failure.code)]"
        }
        guard let report = result.report else { return "" }
        let how =
            switch report.outcome {
            case .refreshed: "refreshed"
            case .adopted:
                results.first { $0.login == result.login && $0.report?.outcome == .refreshed }
                    .map { "refreshed together with \($0.profile), which has the same login" }
                    ?? "already refreshed by another process"
            case .recovered: "recovered tokens that another process had received"
            case .fresh: "no refresh was due"
            }
        let end = shared.display.time.pointAndDistance(report.expiresAt)
        return "\(result.profile): \(how); the access token ends \(end)"
    }

    private func json(_ result: Result) -> JSONText {
        .object([
            ("profile", .string(result.profile)),
            ("outcome", .string(result.report?.outcome.rawValue ?? "failed")),
            ("code", .optional(result.failure?.code.rawValue)),
            ("generation", .optional(result.report.map { Int64($0.generation) })),
            ("expires_at", .optional(result.report?.expiresAt.description)),
        ])
    }
}
