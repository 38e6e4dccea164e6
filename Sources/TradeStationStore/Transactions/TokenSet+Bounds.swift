import TradeStationModel

extension TokenSet {
    /// Returns the lifetime in seconds, clamped to at least one second and at most one day.
    static func boundedLifetime(_ seconds: Int) -> Int { min(max(seconds, 1), 86_400) }

    /// The tokens with their lifetime clamped to the valid range.
    ///
    /// The end is not clamped: an end that is further away than the whole lifetime shows that it comes from another
    /// clock, and ``rest(at:)`` then counts the token as expired.
    var bounded: TokenSet {
        var tokens = self
        tokens.lifetimeSeconds = Self.boundedLifetime(lifetimeSeconds)
        return tokens
    }
}
