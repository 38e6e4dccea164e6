import TradeStationModel

/// The lifetime of an access token, by the boot clock, in milliseconds.
struct TokenLifetime: Hashable, Sendable {
    /// When the token expires.
    let endsAt: Int64
    /// The last moment at which the token is handed out. After it, the remaining lifetime is less than
    /// ``RefreshPolicy/hardMinimum(lifetimeSeconds:)``.
    let servableUntil: Int64
    /// The full lifetime of the token when it was new, in seconds.
    private let lifetimeSeconds: Int

    init(of tokens: TokenSet, now: Moment) {
        lifetimeSeconds = tokens.lifetimeSeconds
        endsAt = now.advanced(byMilliseconds: tokens.rest(at: now)).bootMilliseconds
        servableUntil = endsAt.saturating(minus: RefreshPolicy.hardMinimum(lifetimeSeconds: lifetimeSeconds))
    }

    /// When the soft window begins: the token is still returned, and a refresh starts in the background.
    func softAt(of login: Login.ID) -> Int64 {
        endsAt.saturating(minus: RefreshPolicy.softWindow(lifetimeSeconds: lifetimeSeconds, login: login))
    }

    /// The remaining lifetime of the token; 0 once it has expired.
    func remaining(at now: Int64) -> Int64 { max(0, endsAt.saturating(minus: now)) }

    /// Whether the token is valid for at least `milliseconds` more, and not yet past ``servableUntil``.
    func covers(milliseconds: Int64, at now: Int64) -> Bool {
        now <= servableUntil && remaining(at: now) >= milliseconds
    }
}

extension Int64 {
    fileprivate func saturating(minus other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other > 0 ? .min : .max) : difference
    }
}
