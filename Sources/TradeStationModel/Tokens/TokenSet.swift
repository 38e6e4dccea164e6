/// What one exchange brought: the tokens and how long they live.
public struct TokenSet: Equatable, Sendable {
    /// The access token.
    public var accessToken: Secret
    /// The refresh token to use from now on; nil when the grant has none.
    public var refreshToken: Secret?
    /// The ID token, if one is known.
    public var idToken: Secret?
    /// When the access token ends, counted from when the request was sent.
    public var expiresAt: Moment
    /// How long the access token lives in all, in seconds; at least 1.
    public var lifetimeSeconds: Int

    /// When the request that brought them was sent.
    public var issuedAt: Timestamp { expiresAt.wall.advanced(byMilliseconds: -Int64(lifetimeSeconds) * 1000) }

    /// A set of tokens.
    public init(
        accessToken: Secret,
        refreshToken: Secret?,
        idToken: Secret?,
        expiresAt: Moment,
        lifetimeSeconds: Int
    ) {
        self.accessToken = accessToken
        self.refreshToken = refreshToken
        self.idToken = idToken
        self.expiresAt = expiresAt
        self.lifetimeSeconds = lifetimeSeconds
    }
}
