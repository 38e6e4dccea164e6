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
        // Do not rest while an attempt is unfinished: its process may have died after the server replaced the refresh
        // token, and the server accepts the old one only for a short time. If the process still runs, it holds the
        // login's lock.
        if stored.staged == nil, stored.login.attempt == nil, stored.login.state == .ready,
            let due = stored.renewalDue(now: now), due > now.bootMilliseconds
        {
            self = .rest(until: due)
            return
        }
        // If the side file contains an answer, save that first: it may make a refresh unnecessary.
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

    /// The delay after a failed refresh.
    static let pauseAfterFailure: Int64 = 5000

    /// The delay while the user has to act, for example to sign in with another process.
    static let pauseForUserAction: Int64 = 60_000

    /// The delay after a successful refresh. It prevents a refresh loop if new tokens are close to expiry, or if their
    /// lifetime is very short.
    static func pauseAfterSuccess(lifetimeSeconds: Int) -> Int64 {
        min(5000, Int64(lifetimeSeconds) * 500)
    }
}

extension StoredLogin {
    /// The time on the boot clock at which to refresh: when the access token reaches its soft window, the last quarter
    /// of its lifetime, or after two thirds of the refresh token's lifetime, whichever comes first.
    fileprivate func renewalDue(now: Moment) -> Int64? {
        guard let tokens = servableTokens else { return nil }
        let left = tokens.rest(at: now)
        let soft = left - RefreshPolicy.softWindow(lifetimeSeconds: tokens.lifetimeSeconds, login: login.id)
        // A refresh does not extend the sign-in, so the end of the sign-in is no reason to refresh.
        guard let refreshEnd = login.refreshExpiresAt, refreshEnd != login.absoluteExpiresAt else {
            return now.bootMilliseconds + soft
        }
        // Both times come from the same wall clock, so their difference is correct even if that clock was set since.
        let refreshLife = refreshEnd.milliseconds - tokens.issuedAt.milliseconds
        let issued = left - Int64(tokens.lifetimeSeconds) * 1000
        return now.bootMilliseconds + min(soft, issued + refreshLife * 2 / 3)
    }
}
