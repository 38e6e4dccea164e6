public import TradeStationModel

/// An access token with the details that a one-shot command reports.
public struct TokenReport: Sendable {
    /// The profile that the token is for.
    public let profile: ProfileRecord
    /// The token.
    public let token: AccessToken
    /// The remaining lifetime of the token, by the clock of this machine that shows less.
    public let life: Duration
    /// Set when the new token could not be saved in the database: `save_deferred` if it is safe in the side file,
    /// another code if it is only in this process's memory.
    public let saveFailure: AccountsError?
}
