import TradeStationBroker
import TradeStationSessions

/// What a user reads after a profile was added.
struct AddedProfile {
    let record: ProfileRecord
    /// Whether the user named an API host.
    let hasAPIURL: Bool
    /// Whether the profile uses the login of another profile, so that nothing is lost with it.
    var sharesLogin = false

    /// Prints the profile as JSON, or what was added and what to do next.
    ///
    /// - Throws: `AccountsError` `usage` if the user does not have an account that the profile is limited to.
    func report(_ shared: SharedOptions, _ manager: SessionManager) async throws {
        let problem = await accountProblem(manager)
        if let problem, problem.code == .usage {
            if sharesLogin {
                try await manager.registry.remove(record.name)
            } else if !shared.json {
                shared.note(summary)
            }
            throw sharesLogin ? notAdded(problem) : unusable(problem)
        }
        guard !shared.json else {
            return try Console.standardOutput(ProfileText(manager).json(record).line)
        }
        shared.note(summary)
        if record.apiKey.registration.tokenURL.text != ClientRegistration.tradeStationTokenURL, !hasAPIURL {
            shared.note("Requests go to \(record.profile.apiOrigin); use --api-url for a different host.")
        }
        if let problem { shared.note(FailureText.plain(problem, about: record.name)) }
    }

    /// Why the profile cannot use the accounts that it is limited to, or why they could not be checked; nil if it can.
    private func accountProblem(_ manager: SessionManager) async -> AccountsError? {
        guard let accounts = record.profile.accounts, record.state != .new else { return nil }
        do {
            try await AccountCheck(accounts: accounts, of: record.name).run(manager)
            return nil
        } catch {
            return error as? AccountsError
        }
    }

    private func notAdded(_ problem: AccountsError) -> AccountsError {
        AccountsError(
            problem.code,
            profile: problem.profile,
            problem.message,
            reason: [problem.reason, "The profile was not added."].compactMap { $0 }.joined(separator: " "),
            suggestion: "run the same command with another --account"
        )
    }

    /// The profile stays, because the user has signed in. Its fence lets no request pass that is about an account.
    private func unusable(_ problem: AccountsError) -> AccountsError {
        let consequence = "The profile \(record.name) was added, but can use none of its accounts."
        return AccountsError(
            problem.code,
            profile: problem.profile,
            problem.message,
            reason: [problem.reason, consequence].compactMap { $0 }.joined(separator: " "),
            suggestion: problem.suggestion
        )
    }

    private var summary: String {
        let user = record.login.identity.username.map { " for \($0.printable(limit: 60))" } ?? ""
        let next = record.state == .new ? "tsaccounts login \(record.name)" : "tsaccounts token \(record.name)"
        let state = record.stateText(at: SystemClock().wallTime())
        return "Added \(record.name)\(user): \(record.environmentText), \(state). Next: \(PastableCommand(next).text)"
    }
}
