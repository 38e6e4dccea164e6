public import TradeStationModel

/// An access token with the details that a one-shot command reports.
public struct TokenReport: Sendable {
    /// The profile that the token is for.
    public let profile: ProfileRecord
    /// The token.
    public let token: AccessToken
    /// The remaining lifetime of the token. It is measured with both clocks of this machine, and the shorter result
    /// counts.
    public let life: Duration
    /// Set when the new tokens could not be saved completely: `save_deferred` if they are safe in the side file,
    /// `server_error` if the access token is saved but the server's new refresh token cannot be kept, another code if they
    /// are only in this process's memory.
    public let saveFailure: AccountsError?

    /// Whether the token may be handed out. A token that only this process has would be lost for all others.
    package var isSaved: Bool { saveFailure.map { [.saveDeferred, .serverError].contains($0.code) } ?? true }
}
