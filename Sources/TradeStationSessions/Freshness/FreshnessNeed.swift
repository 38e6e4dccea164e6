import TradeStationModel

/// What a login that is kept fresh needs at the moment. Facts in, one answer out: no I/O, no clock.
enum FreshnessNeed: Sendable {
    /// Nothing until then, by the boot clock.
    case rest(until: Int64)
    /// A failure or a pause that the server asked for is waited out.
    case patience(milliseconds: Int64)
    /// One flight.
    case refresh(RefreshIntent)
    /// Somebody else's help: nothing that could be sent would change anything.
    case help(AccountsError)

    init(of stored: StoredLogin, now: Moment) {
        if stored.staged == nil, stored.login.state == .ready, let due = stored.renewalDue(now: now),
            due > now.bootMilliseconds
        {
            self = .rest(until: due)
            return
        }
        // An answer that waits in the side file is saved first, and may be all that is needed.
        let generation = stored.login.generation
        let intent: RefreshIntent = stored.staged == nil ? .ahead(of: generation) : .validity(milliseconds: 0)
        let machine = RefreshMachine(intent: intent, heldGeneration: generation)
        switch machine.step(for: stored, now: now, remainingMilliseconds: .max) {
        case .pause(let milliseconds): self = .patience(milliseconds: milliseconds)
        case .fail(let error): self = .help(error)
        case .recover, .send, .deliver: self = .refresh(intent)
        }
    }

    // MARK: When to look again, in milliseconds

    /// After a flight that failed.
    static let pauseAfterFailure: Int64 = 5000

    /// While only somebody else can help, say by signing in from another process.
    static let pauseForHelp: Int64 = 60_000

    /// After a flight that brought tokens. A token that arrives near its end, or is near it all its life, is not
    /// exchanged in a loop.
    static func pauseAfterSuccess(lifetimeSeconds: Int) -> Int64 {
        min(5000, Int64(lifetimeSeconds) * 500)
    }
}

extension StoredLogin {
    /// When its token is renewed ahead of time, by the boot clock: when the soft window begins, or when two thirds of
    /// the refresh token's life are over, if that comes first.
    fileprivate func renewalDue(now: Moment) -> Int64? {
        guard let tokens else { return nil }
        let left = tokens.expiresAt.milliseconds(after: now)
        let soft = left - RefreshPolicy.softWindow(lifetimeSeconds: tokens.lifetimeSeconds, login: login.id)
        guard let refreshEnd = login.refreshExpiresAt else { return now.bootMilliseconds + soft }
        // Between two ends that the same wall clock wrote: whatever it says by now, the life they span holds.
        let refreshLife = refreshEnd.milliseconds - tokens.issuedAt.milliseconds
        let issued = left - Int64(tokens.lifetimeSeconds) * 1000
        return now.bootMilliseconds + min(soft, issued + refreshLife * 2 / 3)
    }
}
