public import TradeStationModel

/// An access token and when it ends. Prints as `<redacted>`.
public struct AccessToken: Sendable, Equatable {
    /// The token. ``Secret/exposed`` is its text.
    public let secret: Secret
    /// When it ends, by the wall clock.
    public let expiresAt: Timestamp
    /// How many token sets the login had when this one was saved.
    public let generation: Int

    /// The value of an `Authorization` header (RFC 6750 section 2.1). Whoever reads it owns where it goes.
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
