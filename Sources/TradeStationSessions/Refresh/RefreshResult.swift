import TradeStationModel

/// The tokens that a flight returns to its callers.
struct RefreshResult: Sendable {
    let tokens: TokenSet
    let generation: Int
    /// How the tokens were obtained.
    let outcome: RefreshReport.Outcome
    /// The change stamp of the login when these tokens were current.
    let stamp: ChangeStamp
    /// Set when the tokens could not be saved completely: `save_deferred` if they are in the side file, `server_error` if
    /// the server's new refresh token cannot be kept, another code if they are only in this process.
    var saveFailure: AccountsError?

    var accessToken: AccessToken { AccessToken(tokens, generation: generation) }

    /// Whether the tokens satisfy an intent.
    func satisfies(_ intent: RefreshIntent, at now: Moment) -> Bool {
        let lifetime = TokenLifetime(of: tokens, now: now)
        return intent.isSatisfied(by: lifetime, generation: generation, at: now.bootMilliseconds)
    }

    /// Why tokens that were just returned do not satisfy an intent.
    func shortfall(for intent: RefreshIntent) -> AccountsError {
        if case .validity(let milliseconds) = intent, milliseconds >= Int64(tokens.lifetimeSeconds) * 1000 {
            return .minValidityTooLong(lifetimeSeconds: tokens.lifetimeSeconds)
        }
        return saveFailure ?? .answeredTooLate
    }
}

extension RefreshResult {
    /// Creates a result from tokens that are already stored.
    init(_ tokens: TokenSet, of stored: StoredLogin, _ outcome: RefreshReport.Outcome) {
        self.init(tokens: tokens, generation: stored.login.generation, outcome: outcome, stamp: stored.stamp)
    }
}
