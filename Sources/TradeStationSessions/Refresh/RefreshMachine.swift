import TradeStationModel
import TradeStationOAuth

/// Decides what happens next in a flight. Facts in, one action out: no I/O, no clock.
struct RefreshMachine: Sendable {
    let intent: RefreshIntent
    /// The generation that was current when the flight began; a later one counts as adopted.
    let startGeneration: Int
    /// Attempts made by this flight.
    private(set) var attempts = 0

    init(intent: RefreshIntent, startGeneration: Int) {
        self.intent = intent
        self.startGeneration = startGeneration
    }

    /// What to do with what was read.
    enum Step: Sendable {
        /// Hand these out; nothing is sent.
        case deliver(RefreshResult)
        /// Save what a dead process left in the side file, then read again.
        case recover(StagedTokens)
        /// Give the lock back, wait, read again.
        case pause(milliseconds: Int64)
        /// Exchange this refresh token.
        case send(Secret, retry: Int)
        /// Give up.
        case fail(AccountsError)
    }

    /// What to do after an attempt that brought no tokens.
    enum Verdict: Sendable {
        /// Settle, and send the same token again after a pause. Should this process end before that, what is settled
        /// keeps others from asking at once.
        case replay(afterMilliseconds: Int64, AttemptFailure)
        /// Settle and give up.
        case giveUp(AttemptFailure)
        /// Keep the refresh token that a malformed answer still carried, then settle and give up.
        case salvage(Secret, AttemptFailure)
    }

    /// Decides on what the store says. Callers that do not hold the lock act on `deliver` and `fail` only.
    func step(for stored: StoredLogin, now: Moment, remainingMilliseconds: Int64) -> Step {
        if let staged = stored.staged { return .recover(staged) }
        if let result = satisfied(by: stored, now: now) { return .deliver(result) }
        switch stored.login.state {
        case .new: return .fail(.notSignedIn)
        case .needsLogin: return .fail(.signInEnded)
        case .held: return .fail(.held)
        case .ready: break
        }
        guard let refreshToken = stored.refreshToken else { return .fail(.noRefreshToken) }
        if let unattainable = unattainable(by: stored) { return .fail(unattainable) }
        if stored.apiKey.state == .badClient && !intent.insists { return .fail(.clientRejected) }
        if attempts == 0, let pause = pause(of: stored, now: now) {
            return pause.milliseconds <= remainingMilliseconds
                ? .pause(milliseconds: pause.milliseconds) : .fail(pause.error)
        }
        return .send(refreshToken, retry: attempts)
    }

    /// Notes that a request is about to be sent.
    mutating func willSend() { attempts += 1 }

    /// Decides on an answer that brought no tokens.
    func verdict(
        on failure: TokenFailure,
        stored: StoredLogin,
        now: Moment,
        jitter: Double,
        remainingMilliseconds: Int64
    ) -> Verdict {
        if failure.kind == .outcomeUnknown, failure.salvagedRefreshToken == nil,
            attempts <= RefreshPolicy.replayPauses.count,
            remainingMilliseconds > RefreshPolicy.replayPauses[attempts - 1]
        {
            return .replay(
                afterMilliseconds: RefreshPolicy.replayPauses[attempts - 1],
                AttemptFailure(
                    code: failure.code,
                    notBefore: now.wall.advanced(byMilliseconds: backoff(stored, jitter))
                )
            )
        }
        var settlement = AttemptFailure(code: failure.code)
        switch failure.kind {
        case .invalidGrant:
            settlement.needsLogin = true
        case .clientRejected:
            settlement.isBadClient = true
        case .rateLimited:
            let pause = failure.retryAfterSeconds.map { Int64($0) * 1000 } ?? backoff(stored, jitter)
            settlement.keyNotBefore = now.wall.advanced(byMilliseconds: pause)
            // The pause of the key may be shorter than what lies between two flights of a login.
            settlement.notBefore = now.wall.advanced(byMilliseconds: backoff(stored, jitter))
        case .notSent, .outcomeUnknown, .serverTrouble, .requestRejected, .userActionRequired, .unrecognised:
            let asked = failure.retryAfterSeconds.map { Int64($0) * 1000 } ?? 0
            settlement.notBefore = now.wall.advanced(byMilliseconds: max(asked, backoff(stored, jitter)))
        }
        return failure.salvagedRefreshToken.map { .salvage($0, settlement) } ?? .giveUp(settlement)
    }

    /// Whether these tokens are what the caller wants.
    func satisfied(by stored: StoredLogin, now: Moment) -> RefreshResult? {
        let generation = stored.login.generation
        guard stored.login.state != .held, let tokens = stored.tokens,
            isEnough(tokens, generation: generation, now: now)
        else { return nil }
        return RefreshResult(
            tokens: tokens,
            generation: generation,
            outcome: generation > startGeneration ? .adopted : .fresh
        )
    }

    /// The same of tokens that the side file holds and the database could not take.
    func satisfied(byRecovering staged: StagedTokens, now: Moment, despite error: AccountsError) -> RefreshResult? {
        guard isEnough(staged.tokens, generation: staged.parentGeneration + 1, now: now) else { return nil }
        return RefreshResult(
            tokens: staged.tokens,
            generation: staged.parentGeneration + 1,
            outcome: .adopted,
            saveFailure: .saveDeferred(because: error)
        )
    }

    private func unattainable(by stored: StoredLogin) -> AccountsError? {
        guard case .validity(let milliseconds) = intent, let lifetime = stored.tokens?.lifetimeSeconds,
            milliseconds >= Int64(lifetime) * 1000
        else { return nil }
        return .minValidityTooLong(lifetimeSeconds: lifetime)
    }

    private func isEnough(_ tokens: TokenSet, generation: Int, now: Moment) -> Bool {
        guard !tokens.accessToken.isEmpty else { return false }
        let life = tokens.expiresAt.milliseconds(after: now)
        let hard = RefreshPolicy.hardMinimum(lifetimeSeconds: tokens.lifetimeSeconds)
        switch intent {
        case .validity(let milliseconds): return life >= max(hard, milliseconds)
        case .newer(let old), .ahead(let old), .attempt(let old): return generation > old && life >= hard
        }
    }

    private func backoff(_ stored: StoredLogin, _ jitter: Double) -> Int64 {
        RefreshPolicy.backoff(failures: stored.login.failures + 1, fraction: jitter)
    }

    private func pause(of stored: StoredLogin, now: Moment) -> (milliseconds: Int64, error: AccountsError)? {
        func left(_ until: Timestamp?) -> Int64 {
            guard let until else { return 0 }
            let pause = until.milliseconds - now.wall.milliseconds
            return pause > 0 && pause <= APIKey.longestPauseMilliseconds ? pause : 0
        }
        let login = intent.insists ? 0 : left(stored.login.notBefore)
        let key = left(stored.apiKey.notBefore)
        guard max(login, key) > 0 else { return nil }
        let seconds = (max(login, key) + 999) / 1000
        return key >= login
            ? (key, .rateLimited(seconds: seconds))
            : (login, .backingOff(seconds: seconds, last: stored.login.lastError))
    }
}
