public import TradeStationModel

/// An access token with the details that a one-shot command reports.
public struct TokenReport: Sendable {
    /// The profile it is for.
    public let profile: ProfileRecord
    /// The token.
    public let token: AccessToken
    /// How long the token lives, by a clock that no step of the wall clock moves.
    public let life: Duration
    /// Set when the database could not take the new token: `save_deferred` when it is safe in the side file, another
    /// code when it is in this process's memory only.
    public let saveFailure: AccountsError?
}
