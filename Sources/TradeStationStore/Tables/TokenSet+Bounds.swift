import TradeStationModel

extension Moment {
    /// The end of an access token as it can be believed: never further away than the whole life of a token. Neither an
    /// edited row nor a wall clock that was set back makes a token live longer than the server said.
    func bounded(byLifetimeSeconds lifetime: Int, now: Moment) -> Moment {
        let latest = now.advanced(byMilliseconds: Int64(lifetime) * 1000)
        let boot = bootID == now.bootID ? min(bootMilliseconds, latest.bootMilliseconds) : bootMilliseconds
        return Moment(wall: min(wall, latest.wall), bootID: bootID, bootMilliseconds: max(0, boot))
    }
}

extension TokenSet {
    /// How long an access token can live, in seconds: a second to a day.
    static func boundedLifetime(_ seconds: Int) -> Int { min(max(seconds, 1), 86_400) }

    /// The same tokens with an end that can be believed.
    func bounded(now: Moment) -> TokenSet {
        var tokens = self
        tokens.lifetimeSeconds = Self.boundedLifetime(lifetimeSeconds)
        tokens.expiresAt = expiresAt.bounded(byLifetimeSeconds: tokens.lifetimeSeconds, now: now)
        return tokens
    }
}
