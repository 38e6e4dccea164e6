import Logging
import TradeStationModel
import TradeStationOAuth

/// Acts on what ``RefreshMachine`` decides: the only thing in a refresh that touches store, server and clock.
struct RefreshCoordinator: Sendable {
    let store: any CredentialStore
    let endpoint: TokenEndpoint
    let clock: any TimeSource
    let random: RandomSource
    let attempts: AttemptIDs
    let logger: Logger
    let metrics: SessionMetrics
    let unsaved = UnsavedTokens()

    /// One refresh on behalf of a flight.
    struct Order: Sendable {
        let login: Login.ID
        let profile: ProfileName
        let intent: RefreshIntent
        /// When the flight gives up waiting, by the boot clock.
        let deadline: Int64
        let flight: RefreshFlight
    }

    /// What came of a visit under the lock.
    private enum Visit {
        case done(RefreshResult)
        case pause(milliseconds: Int64)
    }

    /// What came of one attempt.
    private enum AttemptEnd {
        case done(RefreshResult)
        case replay(afterMilliseconds: Int64)
    }

    /// Brings a token that satisfies the order. Cancellation is heeded until something is about to be sent.
    @concurrent
    func run(_ order: Order) async throws -> RefreshResult {
        let stored = try await read(order)
        let machine = RefreshMachine(intent: order.intent, startGeneration: stored.login.generation)
        switch machine.step(for: stored, now: clock.now(), remainingMilliseconds: remaining(order)) {
        case .deliver(let result): return result
        case .fail(let error): throw error
        case .recover, .pause, .send: break
        }
        do {
            // With a token that lives, nobody waits for the lock just to save what a dead process left.
            let isServed = machine.satisfied(by: stored, now: clock.now()) != nil
            KillPoint.beforeLock.reach()
            let result = try await takeTurns(order, machine, patience: isServed ? 0 : remaining(order))
            KillPoint.afterUnlock.reach()
            return result
        } catch let error as AccountsError {
            // Whatever went wrong with saving what a dead process left: a token that lives is served.
            guard let result = machine.satisfied(by: stored, now: clock.now()) else { throw error }
            return result
        }
    }

    /// Visits under the lock until there is a result; between visits, pauses without it.
    private func takeTurns(
        _ order: Order,
        _ machine: RefreshMachine,
        patience: Int64
    ) async throws -> RefreshResult {
        while true {
            order.flight.enter(.locking)
            let asked = clock.bootMilliseconds()
            let lock = try await store.lock(order.login, timeoutMilliseconds: max(0, min(patience, remaining(order))))
            defer { lock.unlock() }
            metrics.recordLockWait(order.profile, milliseconds: clock.bootMilliseconds() - asked)
            KillPoint.afterLock.reach()
            switch try await underLock(order, machine) {
            case .done(let result): return result
            case .pause(let milliseconds):
                lock.unlock()
                order.flight.enter(.pausing)
                try await clock.sleep(milliseconds: milliseconds)
            }
        }
    }

    private func underLock(_ order: Order, _ initial: RefreshMachine) async throws -> Visit {
        var machine = initial
        while true {
            order.flight.enter(.reading)
            let stored = try await read(order)
            switch machine.step(for: stored, now: clock.now(), remainingMilliseconds: remaining(order)) {
            case .deliver(let result): return .done(result)
            case .fail(let error): throw error
            case .pause(let milliseconds): return .pause(milliseconds: milliseconds)
            case .recover(let staged):
                do {
                    try await recover(staged, of: stored, order)
                } catch let error as AccountsError {
                    guard !staged.speakForStranger(to: stored.login),
                        let result = machine.satisfied(byRecovering: staged, now: clock.now(), despite: error)
                    else { throw error }
                    return .done(result)
                }
            case .send(let token, let retry):
                try Task.checkCancellation()
                order.flight.enter(.recording)
                machine.willSend()
                let exchange = RefreshExchange(
                    order: order,
                    stored: stored,
                    refreshToken: token,
                    retry: retry,
                    attempt: Attempt(id: attempts.next(), startedAt: clock.wallTime())
                )
                let decided = machine
                // A task of its own, awaited on the spot: from here on nobody's cancellation may part the
                // request from the saving of its answer.
                switch try await Task(operation: { try await perform(exchange, decided) }).value {
                case .done(let result): return .done(result)
                case .replay(let milliseconds): try await clock.sleep(milliseconds: milliseconds)
                }
            }
        }
    }

    /// T1, the exchange, the side file, T2.
    @concurrent
    private func perform(_ exchange: RefreshExchange, _ machine: RefreshMachine) async throws -> AttemptEnd {
        try await store.begin(exchange.attempt, of: exchange.order.login, audit: exchange.startEntries)
        KillPoint.afterT1.reach()
        exchange.order.flight.enter(.exchanging)
        let sent = clock.now()
        let answer = await endpoint.refresh(exchange.credentials, refreshToken: exchange.refreshToken)
        let received = clock.now()
        exchange.order.flight.enter(.saving)
        KillPoint.replyParsed.reach()
        let duration = Int(received.bootMilliseconds - sent.bootMilliseconds)
        report(exchange.outcome(of: answer), of: exchange, duration: duration)
        switch answer {
        case .granted(let grant):
            return .done(try await save(grant, exchange, sent: sent, duration: duration))
        case .failed(let failure):
            return try await settle(failure, exchange, machine, duration: duration)
        }
    }

    /// What every exchange leaves behind beside its audit row.
    private func report(_ outcome: String, of exchange: RefreshExchange, duration: Int) {
        metrics.recordExchange(exchange.order.profile, outcome: outcome, milliseconds: duration)
        logger.debug(
            "refresh answered",
            metadata: [
                "profile": "\(exchange.order.profile)", "login": "\(exchange.order.login.rawValue)",
                "attempt": "\(exchange.attempt.id)", "outcome": "\(outcome)",
            ]
        )
    }

    private func save(
        _ grant: TokenGrant,
        _ exchange: RefreshExchange,
        sent: Moment,
        duration: Int
    ) async throws -> RefreshResult {
        let staged = exchange.staged(grant, sent: sent)
        var stageFailure: (any Error)?
        do {
            try await store.stage(staged, for: exchange.order.login)
            KillPoint.sideFileWritten.reach()
        } catch {
            stageFailure = error
        }
        let waiters = exchange.order.flight.waiterCount
        let isStranger = staged.speakForStranger(to: exchange.stored.login)
        var entries = [exchange.successEntry(grant, staged, duration: duration, waiters: waiters)]
        if isStranger { entries.append(exchange.needsLoginEntry(because: .wrongUser)) }
        let warning = SignInWarning.entry(saving: staged, after: exchange.stored, profile: exchange.order.profile)
        if let warning { entries.append(warning) }
        let outcome: TokenCommit.Outcome
        do {
            outcome = try await store.commit(
                staged.commit(to: exchange.stored.login, warning: warning),
                to: exchange.order.login,
                audit: entries
            )
        } catch {
            // The answer exists once, here: make the side file durable and serve from memory. Whoever comes next
            // saves it.
            logger.info("new tokens could not be saved", metadata: ["profile": "\(exchange.order.profile)"])
            let failure = await secure(staged, exchange.order, stageFailure, error as? AccountsError)
            guard !isStranger else { throw AccountsError.stranger }
            return RefreshResult(
                tokens: staged.tokens,
                generation: staged.parentGeneration + 1,
                outcome: .refreshed,
                saveFailure: failure
            )
        }
        KillPoint.afterT2.reach()
        switch outcome {
        case .superseded: return try await adopted(exchange.order)
        case .saved where isStranger: throw AccountsError.stranger
        case .saved(let generation, _):
            return RefreshResult(tokens: staged.tokens, generation: generation, outcome: .refreshed)
        }
    }

    /// Where the database could not take an answer: the side file made durable, else this process's memory.
    private func secure(
        _ staged: StagedTokens,
        _ order: Order,
        _ stageFailure: (any Error)?,
        _ cause: AccountsError?
    ) async -> AccountsError {
        if stageFailure == nil, (try? await store.synchronizeStaged(for: order.login)) != nil {
            return .saveDeferred(because: cause)
        }
        unsaved.keep(staged, for: order.login)
        return cause ?? .savedNowhere
    }

    private func settle(
        _ failure: TokenFailure,
        _ exchange: RefreshExchange,
        _ machine: RefreshMachine,
        duration: Int
    ) async throws -> AttemptEnd {
        let order = exchange.order
        let verdict = machine.verdict(
            on: failure,
            stored: exchange.stored,
            now: clock.now(),
            jitter: random.fraction(),
            remainingMilliseconds: remaining(order)
        )
        var entry = exchange.failureEntry(failure, duration: duration, waiters: order.flight.waiterCount)
        switch verdict {
        case .replay(let milliseconds, let settlement):
            try await store.recordFailure(settlement, of: order.login, audit: [entry])
            return .replay(afterMilliseconds: milliseconds)
        case .salvage(let refreshToken, let settlement):
            let staged = exchange.salvaged(refreshToken, now: clock.now())
            entry.outcome = AuditOutcome.refreshTokenSalvaged
            entry.generationAfter = staged.parentGeneration + 1
            entry.refreshTokenAfter = refreshToken
            try? await store.stage(staged, for: order.login)
            _ = try await store.commit(staged.commit(to: exchange.stored.login), to: order.login, audit: [entry])
            // The access token is still missing: that failure is waited out like any other.
            try await store.recordFailure(settlement, of: order.login, audit: [])
            throw failure.accountsError()
        case .giveUp(let settlement):
            if settlement.needsLogin {
                // Compare before condemning: a newer generation explains a refused older token.
                let current = try await read(order)
                if current.login.generation > exchange.stored.login.generation {
                    entry.event = .refreshAdopted
                    entry.generationAfter = current.login.generation
                    try await store.record([entry])
                    return .done(try await adopted(order))
                }
            }
            var entries = [entry]
            if settlement.needsLogin { entries.append(exchange.needsLoginEntry(because: settlement.code)) }
            try await store.recordFailure(settlement, of: order.login, audit: entries)
            throw failure.accountsError()
        }
    }

    private func recover(_ staged: StagedTokens, of stored: StoredLogin, _ order: Order) async throws {
        let warning = SignInWarning.entry(saving: staged, after: stored, profile: order.profile)
        _ = try await store.commit(
            staged.commit(to: stored.login, warning: warning),
            to: order.login,
            audit: staged.recoveryEntries(after: stored, profile: order.profile, warning: warning)
        )
    }

    private func adopted(_ order: Order) async throws -> RefreshResult {
        let stored = try await read(order)
        guard let tokens = stored.tokens else { throw AccountsError.notSignedIn }
        return RefreshResult(tokens: tokens, generation: stored.login.generation, outcome: .adopted)
    }

    func read(_ order: Order) async throws -> StoredLogin {
        guard let stored = try await known(order.login) else { throw AccountsError.loginGone }
        order.flight.note(profiles: Set(stored.profiles.keys))
        return stored
    }

    /// What is known of a login: what the store has, and what it could not take yet.
    func known(_ login: Login.ID) async throws -> StoredLogin? {
        guard var stored = try await store.login(login) else { return nil }
        stored.staged = stored.staged ?? unsaved.tokens(following: stored.login)
        return stored
    }

    private func remaining(_ order: Order) -> Int64 {
        order.deadline - clock.bootMilliseconds()
    }
}
