/// What one exchange brought: the tokens and how long they live.
package struct TokenSet: Equatable, Sendable {
    /// The access token.
    package var accessToken: Secret
    /// The refresh token to use from now on; nil when the grant has none.
    package var refreshToken: Secret?
    /// The ID token, if one is known.
    package var idToken: Secret?
    /// When the access token ends, counted from when the request was sent.
    package var expiresAt: Moment
    /// How long the access token lives in all, in seconds; at least 1.
    package var lifetimeSeconds: Int

    /// When the request that brought them was sent.
    package var issuedAt: Timestamp { expiresAt.wall.advanced(byMilliseconds: -Int64(lifetimeSeconds) * 1000) }

    /// A set of tokens.
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
