import TradeStationModel
import TradeStationOAuth

/// One refresh of a login: at most one exchange at a time, and no refresh token lost. <doc:HowARefreshWorks> explains
/// each step, and what happens if the process dies after it.
///
/// ``RefreshMachine`` decides what to do next, ``TokenSaver`` saves tokens, ``RefreshAudit`` makes the audit rows. Step 1,
/// joining the login's flight, is in ``LoginTokens``.
struct RefreshTransaction: Sendable {
    /// The result of reading the store, or of an attempt.
    enum Progress: Sendable {
        case done(RefreshResult)
        /// Send the same token again after a pause, under the same lock.
        case replay(afterMilliseconds: Int64)
        /// Unlock, wait, lock and read again.
        case wait(milliseconds: Int64)
    }

    let flight: RefreshFlight
    let login: LoginTokens
    let services: SessionServices
    var machine: RefreshMachine

    private var request: RefreshRequest { flight.request }
    private var clock: any TimeSource { services.clock }
    private var remaining: Int64 { request.deadline - clock.bootMilliseconds() }

    /// Returns tokens that satisfy the request. From step 5 on, cancellation has no effect.
    @concurrent
    mutating func run() async throws -> RefreshResult {
        // Step 0: return a stored token that is valid for long enough. No lock, no write.
        let stored = try await read()
        switch machine.step(for: stored, now: clock.now(), remainingMilliseconds: remaining) {
        case .deliver(let result): return result
        case .fail(let error): throw error
        case .recover, .pause, .send: break
        }
        do {
            // A valid token is served immediately, without waiting for the lock, even if recovery fails.
            let isServed = machine.result(satisfiedBy: stored, at: clock.now()) != nil
            KillPoint.beforeLock.reach()
            let result = try await refresh(waitingForLock: isServed ? 0 : remaining)
            KillPoint.afterUnlock.reach()
            return result
        } catch let error as AccountsError {
            guard let result = machine.result(satisfiedBy: stored, at: clock.now()) else { throw error }
            return result
        }
    }

    /// Takes the login's lock. Releases it during each pause and takes it again afterwards.
    private mutating func refresh(waitingForLock patience: Int64) async throws -> RefreshResult {
        while true {
            // Step 2: take the login's lock, which all processes share.
            flight.enter(.locking)
            let lock = try await services.lock(for: request, timeoutMilliseconds: max(0, min(patience, remaining)))
            defer { lock.unlock() }
            KillPoint.afterLock.reach()
            switch try await refreshUnderLock() {
            case .done(let result): return result
            case .replay(let milliseconds), .wait(let milliseconds):
                lock.unlock()
                flight.enter(.pausing, for: milliseconds)
                try await clock.sleep(milliseconds: milliseconds)
            }
        }
    }

    private mutating func refreshUnderLock() async throws -> Progress {
        while true {
            // Step 3: read again under the lock. Another process may have refreshed, or died after step 7.
            flight.enter(.reading)
            let stored = try await read()
            await TokenSaver(services: services, login: login).keepOvertakenTokens(by: stored)
            switch machine.step(for: stored, now: clock.now(), remainingMilliseconds: remaining) {
            case .deliver(let result): return .done(result)
            case .fail(let error): throw error
            case .pause(let milliseconds): return .wait(milliseconds: milliseconds)
            case .recover(let staged):
                if let result = try await recover(staged, of: stored) { return .done(result) }
            case .send(let refreshToken, let retry):
                try Task.checkCancellation()
                machine.countAttempt()
                let (name, audit) = (services.nextAttempt(), RefreshAudit(request, of: stored, retry: retry))
                let attempt = RefreshAttempt(name, of: stored, refreshToken: refreshToken, audit: audit)
                // Runs in an unstructured task so that cancellation cannot prevent saving the answer.
                switch try await Task(operation: { [self] in try await perform(attempt) }).value {
                case .done(let result): return .done(result)
                case .replay(let milliseconds):
                    flight.enter(.pausing, for: milliseconds)
                    try await clock.sleep(milliseconds: milliseconds)
                case .wait(let milliseconds):
                    machine.startAnew()
                    return .wait(milliseconds: milliseconds)
                }
            }
        }
    }

    @concurrent
    private func perform(_ attempt: RefreshAttempt) async throws -> Progress {
        // Steps 4 and 5 (T1): record that a crashed process's attempt has an unknown outcome, and that this one begins.
        flight.enter(.recording)
        try NetworkCapacity.require()
        try await services.store.begin(attempt.attempt, of: login.id, audit: attempt.startedRows)
        KillPoint.afterT1.reach()
        // Step 6: exchange the refresh token.
        flight.enter(.lookingUp)
        let sent = clock.now()
        let patience = machine.patience(for: attempt.stored, services.answerLimits, remaining: remaining)
        let answer = await services.send(attempt, at: sent, patience) { [flight] in flight.enter(.exchanging) }
        let exchange = RefreshAudit.Exchange(sent: sent, received: clock.now(), waiters: flight.waiterCount)
        KillPoint.replyParsed.reach()
        services.noteExchange(exchange, outcome: attempt.outcome(of: answer), of: attempt.attempt, for: request)
        switch answer {
        case .granted(let grant):
            flight.enter(.saving)
            // Steps 7 and 8: save the answer in the side file, then in the database (T2). Step 9 is left to the
            // callers: unlock, then hand out the tokens.
            let granted = GrantedAttempt(attempt: attempt, grant: grant, exchange: exchange, services: services)
            if let result = try await granted.save(in: login) { return .done(result) }
        case .failed(let failure):
            flight.enter(.recording)
            let failed = FailedAttempt(attempt: attempt, failure: failure, exchange: exchange, services: services)
            if let progress = try await failed.record(in: login, by: machine, remaining: remaining) { return progress }
        }
        // Another process has saved a newer generation meanwhile.
        let stored = try await read()
        guard let tokens = stored.servableTokens else { throw AccountsError.notSignedIn }
        return .done(RefreshResult(tokens, of: stored, .adopted))
    }

    /// Saves tokens that a process could not save when it got them; nil when the database has them now.
    private mutating func recover(_ staged: StagedTokens, of stored: StoredLogin) async throws -> RefreshResult? {
        let rows = RefreshAudit(request, of: stored).recoveredRows(staged)
        let saved = await TokenSaver(services: services, login: login).recover(staged, over: stored, rows)
        if case .saved(let generation, _) = saved { machine.noteRecovery(of: generation) }
        guard let cause = saved.cause else { return nil }
        guard !staged.belongToAnotherUser(than: stored.login),
            let result = saved.result(of: staged, over: stored, .recovered), machine.accepts(result, at: clock.now())
        else { throw cause }
        return result
    }

    private func read() async throws -> StoredLogin {
        guard let stored = try await login.read() else { throw AccountsError.profileRemoved }
        flight.note(stored)
        return stored
    }
}
