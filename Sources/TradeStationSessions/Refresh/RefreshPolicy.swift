import TradeStationModel

/// When a token is due for a refresh, and how long to wait after failures. Pure arithmetic, in milliseconds.
struct RefreshPolicy: Sendable {
    /// The remaining lifetime below which a token is not returned: the smaller of 60 s and a tenth of its lifetime.
    static func hardMinimum(lifetimeSeconds: Int) -> Int64 {
        min(60_000, Int64(lifetimeSeconds) * 100)
    }

    /// The remaining lifetime below which a token is refreshed in the background, while it is still served. It is a
    /// quarter of the token's lifetime, varied by up to a tenth so that not all logins are due at the same time.
    static func softWindow(lifetimeSeconds: Int, login: Login.ID) -> Int64 {
        // Multiplying by 2^64 divided by the golden ratio spreads consecutive ids evenly.
        let spread =
            Double((UInt64(bitPattern: login.rawValue) &* 0x9E37_79B9_7F4A_7C15) >> 11) / Double(UInt64(1) << 53)
        return Int64(Double(lifetimeSeconds) * 250 * (0.9 + 0.2 * spread))
    }

    /// How long to wait after the n-th consecutive failure: five seconds plus a random time below a bound. The bound is
    /// 1 s after the first failure and doubles with each further one, up to 25 s. The five seconds limit the request
    /// rate of a login regardless of the number of processes. The bound ensures that the end of an outage is noticed
    /// within half a minute.
    static func backoff(failures: Int, fraction: Double) -> Int64 {
        let bound = min(25_000.0, 1000 * Double(1 << min(max(failures, 1) - 1, 10)))
        return 5000 + Int64(fraction * bound)
    }

    /// The pauses before a flight sends a request with an unknown outcome for the second and the third time.
    static let replayPauses: [Int64] = [500, 2000]

    /// How long refreshes are suppressed after the API refused a token that was just refreshed.
    static let pauseAfterFutileRefresh: Int64 = 60_000
}
