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

    /// The settings of a default key: static refresh tokens, access tokens of 20 minutes.
    public init(
        accessTokenSeconds: Int = 1200,
        rotate: Bool = false,
        overlapSeconds: Int = 0,
        idleSeconds: Int = 1800,
        absoluteSeconds: Int = 86400,
        acceptsBasic: Bool = true,
        revokeScope: RevokeScope = .key
    ) {
        self.accessTokenSeconds = accessTokenSeconds
        self.rotate = rotate
        self.overlapSeconds = overlapSeconds
        self.idleSeconds = idleSeconds
        self.absoluteSeconds = absoluteSeconds
        self.acceptsBasic = acceptsBasic
        self.revokeScope = revokeScope
    }
}
