public import TradeStationModel

/// What a requested refresh brought.
public struct RefreshReport: Hashable, Sendable {
    /// How the current token came about.
    public enum Outcome: String, Hashable, Sendable {
        /// This call exchanged the refresh token.
        case refreshed
        /// Another process had just done so.
        case adopted
        /// No refresh was due.
        case fresh
    }

    /// The profile.
    public let profile: ProfileName
    /// How the current token came about.
    public let outcome: Outcome
    /// The login's generation now.
    public let generation: Int
    /// When the access token ends.
    public let expiresAt: Timestamp
}
