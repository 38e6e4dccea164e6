/// What can be switched while the emulator runs: everything TradeStation does not publish or sets per key.
public struct EmulatorSettings: Sendable, Equatable {
    /// Whose refresh tokens a revocation ends.
    public enum RevokeScope: String, Sendable, Codable {
        /// All users of the API key: what TradeStation's page "Refresh Tokens" says.
        case key
        /// The one user of that key: what Auth0 does by itself.
        case user
    }

    /// Life of an access token in seconds.
    public var accessTokenSeconds: Int
    /// Whether a refresh hands out a new refresh token and supersedes the one presented.
    public var rotate: Bool
    /// For how many seconds after its first rotation the immediately previous refresh token still passes.
    public var overlapSeconds: Int
    /// Rotating keys only: a refresh token dies this many seconds after its issue.
    public var idleSeconds: Int
    /// Rotating keys only: a family of refresh tokens dies this many seconds after the sign-in.
    public var absoluteSeconds: Int
    /// Whether HTTP Basic client authentication is read at all.
    public var acceptsBasic: Bool
    /// Whose refresh tokens a revocation ends.
    public var revokeScope: RevokeScope

    /// Seconds without an object after which a stream sends a heartbeat; 0 for never.
    public var heartbeatSeconds: Double
    /// Seconds between the objects that a market data or position stream sends by itself; 0 for none.
    public var streamSeconds: Double
    /// Where the borders of a stream's chunks fall.
    public var streamChunks: StreamChunks
    /// What becomes of an open stream when its access token ends.
    public var streamExpiry: StreamExpiry
    /// How many streams a user may have open; 0 for any number.
    public var streamLimit: Int
    /// How often a user may ask for each resource within the window; 0 for as often as they like and no headers.
    public var quotaLimit: Int
    /// The length of the rolling window that the quota is for.
    public var quotaSeconds: Int
    /// Whether an API answer 429 says `Retry-After`, which TradeStation does not document.
    public var sendsRetryAfter: Bool

    /// The settings of a default key: static refresh tokens, access tokens of 20 minutes.
    public init(
        accessTokenSeconds: Int = 1200,
        rotate: Bool = false,
        overlapSeconds: Int = 0,
        idleSeconds: Int = 1800,
        absoluteSeconds: Int = 86400,
        acceptsBasic: Bool = true,
        revokeScope: RevokeScope = .key,
        heartbeatSeconds: Double = 5,
        streamSeconds: Double = 0,
        streamChunks: StreamChunks = .objects,
        streamExpiry: StreamExpiry = .open,
        streamLimit: Int = 0,
        quotaLimit: Int = 0,
        quotaSeconds: Int = 300,
        sendsRetryAfter: Bool = true
    ) {
        self.accessTokenSeconds = accessTokenSeconds
        self.rotate = rotate
        self.overlapSeconds = overlapSeconds
        self.idleSeconds = idleSeconds
        self.absoluteSeconds = absoluteSeconds
        self.acceptsBasic = acceptsBasic
        self.revokeScope = revokeScope
        self.heartbeatSeconds = heartbeatSeconds
        self.streamSeconds = streamSeconds
        self.streamChunks = streamChunks
        self.streamExpiry = streamExpiry
        self.streamLimit = streamLimit
        self.quotaLimit = quotaLimit
        self.quotaSeconds = quotaSeconds
        self.sendsRetryAfter = sendsRetryAfter
    }
}
