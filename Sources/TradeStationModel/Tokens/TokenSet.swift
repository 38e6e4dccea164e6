/// The tokens of one exchange and their lifetime.
package struct TokenSet: Equatable, Sendable {
    /// The access token.
    package var accessToken: Secret
    /// The refresh token to use from now on; nil if the grant has none.
    package var refreshToken: Secret?
    /// The ID token; nil if none is known.
    package var idToken: Secret?
    /// When the access token expires, counted from when the request was sent.
    package var expiresAt: Moment
    /// The lifetime of the access token, in seconds; at least 1.
    package var lifetimeSeconds: Int

    /// When the request was sent.
    package var issuedAt: Timestamp { expiresAt.wall.advanced(byMilliseconds: -Int64(lifetimeSeconds) * 1000) }

    /// Returns how many milliseconds of the access token's lifetime are left. The result is 0 or less if the token has
    /// expired, or if the clocks do not tell how much is left.
    package func rest(at now: Moment) -> Int64 { expiresAt.rest(of: Int64(lifetimeSeconds) * 1000, at: now) }

    /// Creates a set of tokens.
    package init(
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
