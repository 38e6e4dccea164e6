import TradeStationModel

/// The next action for a login that is kept fresh. Performs no I/O and uses no clock.
enum FreshnessNeed: Sendable {
    /// Do nothing until this time on the boot clock.
    case rest(until: Int64)
    /// Wait: a refresh has failed, or the server has limited requests (`Retry-After`).
    case wait(milliseconds: Int64)
    /// Refresh the login.
    case refresh(RefreshIntent)
    /// The user must act first, for example sign in. A refresh cannot succeed.
    case userAction(AccountsError)

    init(of stored: StoredLogin, now: Moment) {
        // The process of an attempt may have died. If the server has replaced the refresh token, it accepts the old one
        // only for a short time, so do not rest then. If the process still runs, the login's lock tells.
        if stored.staged == nil, stored.login.attempt == nil, stored.login.state == .ready,
            let due = stored.renewalDue(now: now), due > now.bootMilliseconds
        {
            self = .rest(until: due)
            return
        }
        // Save the answer in the side file first; it may make a refresh unnecessary.
        let generation = stored.login.generation
        let intent: RefreshIntent = stored.staged == nil ? .ahead(of: generation) : .validity(milliseconds: 0)
        let machine = RefreshMachine(intent: intent, heldGeneration: generation)
        switch machine.step(for: stored, now: now, remainingMilliseconds: .max) {
        case .pause(let milliseconds): self = .wait(milliseconds: milliseconds)
        case .fail(let error): self = .userAction(error)
        case .recover, .send, .deliver: self = .refresh(intent)
        }
    }

    // MARK: Delays until the next check, in milliseconds

    /// After a failed refresh.
    static let pauseAfterFailure: Int64 = 5000

    /// While user action is needed, for example a sign-in in another process.
    static let pauseForUserAction: Int64 = 60_000

    /// After a successful refresh. The pause prevents a refresh loop if new tokens are close to expiry, or if their
    /// lifetime is very short.
    static func pauseAfterSuccess(lifetimeSeconds: Int) -> Int64 {
        min(5000, Int64(lifetimeSeconds) * 500)
    }
}

extension StoredLogin {
    /// The time on the boot clock at which to refresh: the start of the soft window, or two thirds of the refresh
    /// token's lifetime, whichever comes first.
    fileprivate func renewalDue(now: Moment) -> Int64? {
        guard let tokens = servableTokens else { return nil }
        let left = tokens.rest(at: now)
        let soft = left - RefreshPolicy.softWindow(lifetimeSeconds: tokens.lifetimeSeconds, login: login.id)
        // No refresh moves the end of the sign-in, so that is no reason for one.
        guard let refreshEnd = login.refreshExpiresAt, refreshEnd != login.absoluteExpiresAt else {
            return now.bootMilliseconds + soft
        }
        // Both times come from the same wall clock, so their difference is correct even if that clock was set since.
        let refreshLife = refreshEnd.milliseconds - tokens.issuedAt.milliseconds
        let issued = left - Int64(tokens.lifetimeSeconds) * 1000
        return now.bootMilliseconds + min(soft, issued + refreshLife * 2 / 3)
    }
}
