/// The settings that can change while the emulator runs. TradeStation does not publish the values of some of them and
/// sets the others separately for each API key.
public struct EmulatorSettings: Sendable, Equatable {
    /// The refresh tokens that a revocation ends.
    public enum RevokeScope: String, Sendable, Codable {
        /// The refresh tokens of all users of the API key, as documented by TradeStation ("Refresh Tokens" page).
        case key
        /// The refresh tokens of the user only, as Auth0 does by default.
        case user
    }

    /// The lifetime of an access token, in seconds.
    public var accessTokenSeconds: Int
    /// Whether a refresh returns a new refresh token that replaces the old one.
    public var rotate: Bool
    /// The seconds for which the previous refresh token remains valid after its first rotation.
    public var overlapSeconds: Int
    /// With rotation: the seconds after which an unused refresh token expires.
    public var idleSeconds: Int
    /// With rotation: the seconds from a sign-in until all its refresh tokens expire.
    public var absoluteSeconds: Int
    /// Whether the sign-in server reads client credentials from an HTTP Basic header.
    public var acceptsBasic: Bool
    /// The refresh tokens that a revocation ends.
    public var revokeScope: RevokeScope

    /// The seconds for which a stream sends nothing before it sends a heartbeat; 0 means no heartbeats.
    public var heartbeatSeconds: Double
    /// The seconds between the objects that a market data or position stream sends automatically; 0 sends none.
    public var streamSeconds: Double
    /// How a stream's bytes are divided into HTTP chunks.
    public var streamChunks: StreamChunks
    /// The effect of an expired access token on an open stream.
    public var streamExpiry: StreamExpiry
    /// The maximum number of open streams per user; 0 means no limit.
    public var streamLimit: Int
    /// The maximum number of requests per user and resource within ``quotaSeconds``; 0 means no limit and no rate limit
    /// headers.
    public var quotaLimit: Int
    /// The length of the quota's rolling window, in seconds.
    public var quotaSeconds: Int
    /// Whether a 429 answer of the API contains `Retry-After`, which TradeStation does not document.
    public var sendsRetryAfter: Bool

    /// Creates settings. The default values are TradeStation's defaults for an API key: no rotation, and access tokens
    /// that are valid for 20 minutes.
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

/// The effect of an expired access token on an open stream. TradeStation does not document it.
public enum StreamExpiry: String, Sendable, Codable, CaseIterable {
    /// The stream continues. TradeStation probably does this, although there is little evidence.
    case open
    /// The connection is closed without a message.
    case cut
    /// The stream sends the object `{"Error":"Unauthorized",…}` and ends.
    case error
}
