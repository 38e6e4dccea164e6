public import TradeStationModel

/// The result of a requested refresh.
public struct RefreshReport: Hashable, Sendable {
    /// How the current token was obtained.
    public enum Outcome: String, Hashable, Sendable {
        /// This call exchanged the refresh token.
        case refreshed
        /// Another process had already refreshed the token.
        case adopted
        /// Tokens were saved that another process had received but could not save, for example because it died. The
        /// audit has the event `recovered`.
        case recovered
        /// No refresh was due.
        case fresh
    }

    /// The profile.
    public let profile: ProfileName
    /// How the current token was obtained.
    public let outcome: Outcome
    /// The login's generation now.
    public let generation: Int
    /// When the access token expires.
    public let expiresAt: Timestamp
}
