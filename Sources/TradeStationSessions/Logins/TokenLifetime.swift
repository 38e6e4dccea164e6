import TradeStationModel

/// How long an access token lives, by the boot clock, in milliseconds.
struct TokenLifetime: Hashable, Sendable {
    /// The token ends.
    let endsAt: Int64
    /// The last moment at which the token is handed out: the hard minimum before its end.
    let hardAt: Int64
    /// How long a new token of its kind lives.
    private let lifetimeSeconds: Int

    init(of tokens: TokenSet, now: Moment) {
        lifetimeSeconds = tokens.lifetimeSeconds
        endsAt = now.advanced(byMilliseconds: tokens.expiresAt.milliseconds(after: now)).bootMilliseconds
        hardAt = endsAt.saturating(minus: RefreshPolicy.hardMinimum(lifetimeSeconds: lifetimeSeconds))
    }

    /// The soft window begins: the token is still handed out, and a refresh starts behind it.
    func softAt(of login: Login.ID) -> Int64 {
        endsAt.saturating(minus: RefreshPolicy.softWindow(lifetimeSeconds: lifetimeSeconds, login: login))
    }

    /// How long the token lives; 0 once it has ended.
    func remaining(at now: Int64) -> Int64 { max(0, endsAt.saturating(minus: now)) }

    /// Whether the token lives at least `milliseconds` more, and at least the hard minimum.
    func covers(milliseconds: Int64, at now: Int64) -> Bool {
        now <= hardAt && remaining(at: now) >= milliseconds
    }
}

extension Int64 {
    fileprivate func saturating(minus other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other > 0 ? .min : .max) : difference
    }
}
