import TradeStationModel

/// What a flight brought its callers.
struct RefreshResult: Sendable {
    /// How the token came about.
    enum Outcome: String, Sendable {
        /// The stored token had enough life.
        case fresh
        /// Another process had refreshed.
        case adopted
        /// This flight exchanged the refresh token.
        case refreshed
    }

    let tokens: TokenSet
    let generation: Int
    let outcome: Outcome
    /// Set when the tokens are safe in the side file only.
    var saveFailure: AccountsError?

    var accessToken: AccessToken { AccessToken(tokens, generation: generation) }
}
