import TradeStationBroker
import TradeStationSessions

/// What a user reads after a profile was added.
struct AddedProfile {
    let record: ProfileRecord
    /// Whether the user named an API host.
    let hasAPIURL: Bool

    /// Prints the profile as JSON, or what was added and what to do next.
    func report(_ shared: SharedOptions, _ manager: SessionManager) async throws {
        guard !shared.json else {
            return try Console.standardOutput(ProfileText(manager).json(record).line)
        }
        shared.note(summary)
        if record.apiKey.registration.tokenURL.text != ClientRegistration.tradeStationTokenURL, !hasAPIURL {
            shared.note("Requests go to \(record.profile.apiOrigin); use --api-url for a different host.")
        }
        guard let accounts = record.profile.accounts, record.state != .new else { return }
        do {
            try await AccountCheck(accounts: accounts, of: record.name).run(manager)
        } catch let error as AccountsError {
            shared.note(FailureText.plain(error, about: record.name))
        }
    }

    private var summary: String {
        let user = record.login.identity.username.map { " for \($0.printable(limit: 60))" } ?? ""
        let next = record.state == .new ? "tsaccounts login \(record.name)" : "tsaccounts token \(record.name)"
        let state = record.stateText(at: SystemClock().wallTime())
        return "Added \(record.name)\(user): \(record.environmentText), \(state). Next: \(PastableCommand(next).text)"
    }
}
