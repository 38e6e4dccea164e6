import TradeStationSessions

/// Checks that the accounts to which a profile is to be limited belong to the user who signed in.
struct AccountCheck {
    let accounts: [String]
    let profile: ProfileName

    init(accounts: [String], of profile: ProfileName) {
        self.accounts = accounts
        self.profile = profile
    }

    /// Asks the API for the user's accounts.
    ///
    /// - Throws: `AccountsError` `usage` if an account is not among them, and the errors of the request.
    func run(_ manager: SessionManager) async throws {
        let known: [String]
        do {
            known = try await manager.session(named: profile.text).unfencedAccounts().map(\.id)
        } catch let error as APIError {
            throw AccountsError(error, profile: profile)
        }
        if let error = refusal(known: known) { throw error }
    }

    /// The error if an account is not among the known ones.
    func refusal(known: [String]) -> AccountsError? {
        let ids = Set(known.map { $0.lowercased() })
        guard let unknown = accounts.first(where: { !ids.contains($0.lowercased()) }) else { return nil }
        let list = known.map { $0.printable(limit: 40) }.joined(separator: ", ")
        return AccountsError(
            .usage,
            profile: profile.text,
            "The user of this sign-in has no account \(unknown.printable(limit: 40)).",
            reason: known.isEmpty
                ? "The user has no accounts in this environment." : "The user's accounts are \(list).",
            suggestion: known.first.map { "tsaccounts set \(profile) --account \($0.printable(limit: 40).shellQuoted)" }
                ?? "tsaccounts show \(profile) --accounts"
        )
    }
}
