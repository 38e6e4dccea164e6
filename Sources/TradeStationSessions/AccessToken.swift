public import TradeStationModel

/// An access token and its expiry. Prints as `<redacted>`.
public struct AccessToken: Sendable, Equatable {
    /// The token. ``Secret/exposed`` returns its text.
    public let secret: Secret
    /// When the token expires, by the wall clock.
    public let expiresAt: Timestamp
    /// The generation of the login that the token belongs to. It increases with each new token set.
    public let generation: Int

    /// The value of an `Authorization` header (RFC 6750 section 2.1).
    ///
    /// It contains the token. Send it only to the API host of the profile.
    public var authorizationHeader: String { "Bearer \(secret.exposed)" }

    init(_ tokens: TokenSet, generation: Int) {
        secret = tokens.accessToken
        expiresAt = tokens.expiresAt.wall
        self.generation = generation
    }
}

extension AccessToken: CustomStringConvertible, CustomDebugStringConvertible {
    /// Always `<redacted>`.
    public var description: String { "<redacted>" }
    /// Always `<redacted>`.
    public var debugDescription: String { "<redacted>" }
}
