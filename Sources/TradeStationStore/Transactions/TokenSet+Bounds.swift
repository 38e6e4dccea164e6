import TradeStationModel

extension Moment {
    /// Returns when an access token expires, at most its whole lifetime from now. So neither an edited row nor a wall
    /// clock that was set back makes a token valid for longer than the server allowed.
    func bounded(byLifetimeSeconds lifetime: Int, now: Moment) -> Moment {
        let latest = now.advanced(byMilliseconds: Int64(lifetime) * 1000)
        let boot = bootID == now.bootID ? min(bootMilliseconds, latest.bootMilliseconds) : bootMilliseconds
        return Moment(wall: min(wall, latest.wall), bootID: bootID, bootMilliseconds: max(0, boot))
    }
}

extension TokenSet {
    /// Returns the lifetime in seconds, clamped to at least one second and at most one day.
    static func boundedLifetime(_ seconds: Int) -> Int { min(max(seconds, 1), 86_400) }

    /// Returns the tokens with their lifetime and expiry time clamped to the valid range.
    func bounded(now: Moment) -> TokenSet {
        var tokens = self
        tokens.lifetimeSeconds = Self.boundedLifetime(lifetimeSeconds)
        tokens.expiresAt = expiresAt.bounded(byLifetimeSeconds: tokens.lifetimeSeconds, now: now)
        return tokens
    }
}
