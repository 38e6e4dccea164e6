import TradeStationModel
import TradeStationOAuth

/// Decides what a flight does next. Uses no clock and performs no I/O.
struct RefreshMachine: Sendable {
    let intent: RefreshIntent
    /// The generation in memory when the flight began; a later one in the store counts as adopted.
    let heldGeneration: Int
    /// Attempts made by this flight.
    private var attempts = 0
    /// The generation that this flight made from tokens that another process could not save.
    private var recoveredGeneration: Int?

    init(intent: RefreshIntent, heldGeneration: Int) {
        self.intent = intent
        self.heldGeneration = heldGeneration
    }

    /// What to do with the login as it was read.
    enum Step: Sendable {
        /// Return these tokens; nothing is sent.
        case deliver(RefreshResult)
        /// Save tokens that a process could not save when it got them, then read again.
        case recover(StagedTokens)
        /// Unlock, wait, lock and read again.
        case pause(milliseconds: Int64)
        /// Exchange this refresh token.
        case send(Secret, retry: Int)
        /// Give up.
        case fail(AccountsError)
    }

    /// What to do after an attempt that returned no tokens.
    enum Verdict: Sendable {
        /// Record the failure, and send the same token again after a pause. The recorded backoff keeps other processes
        /// from sending it if this one dies in the pause.
        case replay(afterMilliseconds: Int64, AttemptFailure)
        /// Record the failure, and send the same token again after the pause that the server asked for.
        case waitOut(milliseconds: Int64, AttemptFailure)
        /// Record the failure and give up.
        case giveUp(AttemptFailure)
        /// Save the refresh token of an otherwise unusable answer, then record the failure and give up.
        case salvage(Secret, AttemptFailure)
    }

    /// What a verdict depends on besides the failure and the login.
    struct Situation: Sendable {
        let now: Moment
        /// Random, in `0..<1`.
        let jitter: Double
        /// The time that the caller still waits.
        let remainingMilliseconds: Int64
    }

    /// Decides what to do with the login as it was read. A caller that does not hold the login's lock may act only on
    /// `deliver` and `fail`.
    func step(for stored: StoredLogin, now: Moment, remainingMilliseconds: Int64) -> Step {
        if let staged = stored.staged { return .recover(staged) }
        if let result = result(satisfiedBy: stored, at: now) { return .deliver(result) }
        switch stored.login.state {
        case .new: return .fail(stored.login.erasure == nil ? .notSignedIn : .signedOut)
        case .needsLogin:
            return usableLateResult(of: stored).map { .recover($0) }
                ?? .fail(stored.login.erasure == nil ? .signInEnded : .revoked)
        case .held: return .fail(stored.login.isRolledBack ? .rolledBack : .held)
        case .ready: break
        }
        guard let refreshToken = stored.refreshToken else { return .fail(.noRefreshToken) }
        if let error = validityError(of: stored) { return .fail(error) }
        if stored.apiKey.state == .badClient && !intent.insists { return .fail(.clientRejected) }
        if attempts == 0, let pause = pause(of: stored, now: now) {
            return pause.milliseconds <= remainingMilliseconds
                ? .pause(milliseconds: pause.milliseconds) : .fail(pause.error)
        }
        return .send(refreshToken, retry: attempts)
    }

    /// Counts an attempt that is about to be sent.
    mutating func countAttempt() { attempts += 1 }

    /// Notes that tokens of an earlier attempt were saved as this generation.
    mutating func noteRecovery(of generation: Int) { recoveredGeneration = generation }

    /// Forgets the attempts before a pause that the server asked for, so that the next attempt does not count as a
    /// replay.
    mutating func startAnew() { attempts = 0 }

    /// Decides how long to wait for the attempt that was counted last.
    ///
    /// - Parameter stored: the login as it was read before the attempt.
    func patience(for stored: StoredLogin, _ limits: AnswerLimits, remaining: Int64) -> ExchangePatience {
        ExchangePatience(lookUp: remaining, answer: answerLimit(stored.apiKey.rotation, limits, remaining))
    }

    private func answerLimit(_ rotation: APIKey.Rotation, _ limits: AnswerLimits, _ remaining: Int64) -> Int64 {
        guard rotation != .static else { return limits.usual }
        // If there is no time to send the token again, nothing is gained by giving the answer up early.
        let limit = limits.beforeReplay(remaining: remaining)
        return replayPause(remaining: remaining - limit) == nil ? limits.withoutReplay(remaining: remaining) : limit
    }

    /// The pause before the same token is sent again; nil if it must not be, or not in the caller's time.
    private func replayPause(remaining: Int64) -> Int64? {
        guard attempts <= RefreshPolicy.replayPauses.count else { return nil }
        let pause = RefreshPolicy.replayPauses[attempts - 1]
        return pause < remaining ? pause : nil
    }

    /// Decides on an answer that returned no tokens.
    ///
    /// - Parameter stored: the login as it was read before the attempt.
    func verdict(on failure: TokenFailure, of stored: StoredLogin, _ situation: Situation) -> Verdict {
        let now = situation.now.wall
        let backoff = RefreshPolicy.backoff(failures: stored.login.failures + 1, fraction: situation.jitter)
        if failure.kind == .outcomeUnknown, failure.salvagedRefreshToken == nil,
            let pause = replayPause(remaining: situation.remainingMilliseconds)
        {
            return .replay(
                afterMilliseconds: pause,
                AttemptFailure(code: failure.code, notBefore: now.advanced(byMilliseconds: backoff))
            )
        }
        var record = AttemptFailure(code: failure.code)
        switch failure.kind {
        case .invalidGrant:
            record.needsLogin = true
        case .clientRejected:
            record.isBadClient = true
        case .rateLimited:
            let pause = failure.retryAfterSeconds.map { Int64($0) * 1000 } ?? backoff
            record.keyNotBefore = now.advanced(byMilliseconds: pause)
            // The key's pause may be shorter than the backoff of the login.
            record.notBefore = now.advanced(byMilliseconds: backoff)
            // A caller that insists waits until the pause is over, whether the pause began before the call or with this
            // request.
            if intent.insists, pause <= situation.remainingMilliseconds {
                return .waitOut(milliseconds: pause, record)
            }
        case .notSent, .outcomeUnknown, .serverTrouble, .requestRejected, .userActionRequired, .unrecognised:
            let asked = failure.retryAfterSeconds.map { Int64($0) * 1000 } ?? 0
            record.notBefore = now.advanced(byMilliseconds: max(asked, backoff))
        }
        return failure.salvagedRefreshToken.map { .salvage($0, record) } ?? .giveUp(record)
    }

    /// The stored tokens, if they satisfy the intent.
    func result(satisfiedBy stored: StoredLogin, at now: Moment) -> RefreshResult? {
        guard let tokens = stored.servableTokens else { return nil }
        let generation = stored.login.generation
        let outcome: RefreshReport.Outcome =
            generation == recoveredGeneration ? .recovered : generation > heldGeneration ? .adopted : .fresh
        let result = RefreshResult(tokens, of: stored, outcome)
        return accepts(result, at: now) ? result : nil
    }

    /// Whether tokens satisfy the intent.
    func accepts(_ result: RefreshResult, at now: Moment) -> Bool {
        !result.tokens.accessToken.isEmpty && result.satisfies(intent, at: now)
    }

    /// The late result of a login whose refresh token the server refused; nil if it contains the same refresh token. A
    /// different one may be the only refresh token that still works.
    private func usableLateResult(of stored: StoredLogin) -> StagedTokens? {
        stored.lateResult.flatMap { $0.tokens.refreshToken == stored.refreshToken ? nil : $0 }
    }

    private func validityError(of stored: StoredLogin) -> AccountsError? {
        guard case .validity(let milliseconds) = intent, let lifetime = stored.servableTokens?.lifetimeSeconds,
            milliseconds >= Int64(lifetime) * 1000
        else { return nil }
        return .minValidityTooLong(lifetimeSeconds: lifetime)
    }

    private func pause(of stored: StoredLogin, now: Moment) -> (milliseconds: Int64, error: AccountsError)? {
        func remainingPause(until end: Timestamp?) -> Int64 {
            guard let end else { return 0 }
            let pause = end.milliseconds - now.wall.milliseconds
            return pause > 0 && pause <= APIKey.longestPauseMilliseconds ? pause : 0
        }
        let login = intent.insists ? 0 : remainingPause(until: stored.login.notBefore)
        let key = remainingPause(until: stored.apiKey.notBefore)
        guard max(login, key) > 0 else { return nil }
        let seconds = (max(login, key) + 999) / 1000
        return key >= login
            ? (key, .rateLimited(seconds: seconds))
            : (login, .backingOff(seconds: seconds, last: stored.login.lastError))
    }
}

extension StoredLogin {
    /// The stored tokens, if they may be returned; nil if the login is on hold, or if there is no access token.
    var servableTokens: TokenSet? {
        login.state == .held ? nil : tokens.flatMap { $0.accessToken.isEmpty ? nil : $0 }
    }
}

extension Login {
    /// Whether the login is on hold because the database is an older copy.
    var isRolledBack: Bool { state == .held && lastError == AccountsError.Code.storeRolledBack.rawValue }
}
