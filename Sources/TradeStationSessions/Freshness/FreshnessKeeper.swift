import Synchronization
import TradeStationModel

/// Keeps the logins of open sessions fresh while ``SessionManager/run()`` runs: one queue and one timer for all of them.
final class FreshnessKeeper: Sendable {
    private struct State {
        var queue = TurnQueue()
        /// Wakes the loop of `run`; nil while it does not run.
        var bell: AsyncStream<Void>.Continuation?
        var alarm: (at: Int64, task: Task<Void, Never>)?
    }

    private let clock: any TimeSource
    private let timeout: Int64
    private let notice: @Sendable (KeepingNotice) -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - timeout: how long a refresh is waited for, in milliseconds.
    ///   - notice: told when a login cannot be kept fresh, and when it can be again.
    init(clock: any TimeSource, timeout: Int64, notice: @escaping @Sendable (KeepingNotice) -> Void) {
        self.clock = clock
        self.timeout = timeout
        self.notice = notice
    }

    /// Looks after the logins of `directory` until graceful shutdown, cancellation or ``stop()``.
    ///
    /// - Throws: ``AccountsError`` `usage` when it runs already.
    func run(_ directory: LoginDirectory) async throws(AccountsError) {
        let (bell, ringer) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let isFirst = state.withLock { state in
            guard state.bell == nil else { return false }
            state.bell = ringer
            return true
        }
        guard isFirst else { throw .alreadyRunning }
        defer { end() }
        for login in directory.all { plan(login, at: clock.bootMilliseconds()) }
        await withDiscardingTaskGroup { group in
            for await _ in bell {
                for login in takeDue(from: directory) {
                    group.addTask { await self.lookAfter(login) }
                }
            }
        }
    }

    /// Begins no more turns; `run` returns when those under way have ended.
    func stop() { state.withLock { $0.bell }?.finish() }

    /// Whether `run` runs.
    var isRunning: Bool { state.withLock { $0.bell } != nil }

    /// Whether `run` has nothing to do before the boot clock passes `time`.
    func isResting(at time: Int64) -> Bool {
        state.withLock { $0.bell != nil && $0.queue.underWay == 0 && $0.queue.next ?? .max > time }
    }

    private func end() {
        state.withLock { state in
            state.alarm?.task.cancel()
            state = State()
        }
    }

    // MARK: Planning

    /// Plans the next turn of a login whose session was just opened.
    func plan(_ login: LoginTokens, for stored: StoredLogin) {
        guard state.withLock({ $0.bell }) != nil else { return }
        let now = clock.now()
        if case .rest(let until) = FreshnessNeed(of: stored, now: now) {
            report(nil, of: login)
            plan(login, at: until)
        } else {
            plan(login, at: now.bootMilliseconds)
        }
    }

    /// Plans the next turn of a login that a flight has just refreshed.
    func plan(_ login: LoginTokens, after tokens: TokenSet) {
        plan(
            login,
            at: clock.bootMilliseconds()
                + FreshnessNeed.pauseAfterSuccess(lifetimeSeconds: tokens.lifetimeSeconds)
        )
    }

    private func plan(_ login: LoginTokens, at time: Int64) {
        state.withLock { plan(login, at: time, in: &$0) }
    }

    private func plan(_ login: LoginTokens, at time: Int64, in state: inout State) {
        guard let bell = state.bell, login.planTurn(at: time) else { return }
        state.queue.add(TurnQueue.Turn(at: time, login: login.id))
        if time < state.alarm?.at ?? .max { bell.yield() }
    }

    /// Begins the turns that are due, and lets the timer sleep until the next one.
    private func takeDue(from directory: LoginDirectory) -> [LoginTokens] {
        state.withLock { state in
            let now = clock.bootMilliseconds()
            var due: [LoginTokens] = []
            while let turn = state.queue.popDue(at: now) {
                guard let login = directory[turn.login], login.beginTurn(plannedAt: turn.at) else { continue }
                state.queue.noteBegin()
                due.append(login)
            }
            setAlarm(at: state.queue.next, in: &state)
            return due
        }
    }

    private func setAlarm(at time: Int64?, in state: inout State) {
        guard time != state.alarm?.at, let bell = state.bell else { return }
        state.alarm?.task.cancel()
        state.alarm = time.map { time in
            let task = Task { [clock] in
                repeat {
                    // In short sleeps: no timer has to be trusted to count hours of suspend.
                    let nap = min(time - clock.bootMilliseconds(), Self.longestSleep)
                    guard (try? await clock.sleep(milliseconds: nap)) != nil else { return }
                } while clock.bootMilliseconds() < time
                bell.yield()
            }
            return (time, task)
        }
    }

    /// In milliseconds.
    private static let longestSleep: Int64 = 60_000

    // MARK: One turn

    private func lookAfter(_ login: LoginTokens) async {
        let next = await turn(of: login)
        state.withLock { state in
            login.endTurn()
            state.queue.noteEnd()
            if let next { plan(login, at: next, in: &state) }
            state.bell?.yield()
        }
    }

    /// Does what a login needs.
    ///
    /// - Returns: when to look after it again; nil when it was removed.
    private func turn(of login: LoginTokens) async -> Int64? {
        do {
            guard let stored = try await login.load() else { return nil }
            switch FreshnessNeed(of: stored, now: clock.now()) {
            case .rest(let until):
                report(nil, of: login)
                return until
            case .patience(let milliseconds):
                let end = clock.bootMilliseconds() + milliseconds
                // A refresh before that would fail, so callers get the current token.
                login.serve(until: end)
                return end
            case .refresh(let intent):
                login.serve(until: .max)
                let deadline = clock.bootMilliseconds() + timeout
                let result = try await login.refresh(intent, for: login.profile, until: deadline)
                report(result.saveFailure, of: login)
                return clock.bootMilliseconds()
                    + FreshnessNeed.pauseAfterSuccess(lifetimeSeconds: result.tokens.lifetimeSeconds)
            case .help(let error):
                report(error, of: login)
                return clock.bootMilliseconds() + FreshnessNeed.pauseForHelp
            }
        } catch {
            if let error = error as? AccountsError { report(error, of: login) }
            return clock.bootMilliseconds() + FreshnessNeed.pauseAfterFailure
        }
    }

    /// Tells of a failure, or of its end, once.
    private func report(_ failure: AccountsError?, of login: LoginTokens) {
        guard failure?.code != .closed, login.noteTrouble(failure?.code) else { return }
        notice(KeepingNotice(profile: login.profile, failure: failure?.about(login.profile)))
    }
}

extension AccountsError {
    fileprivate static let alreadyRunning = AccountsError(
        .usage,
        "The session manager already keeps its sessions fresh.",
        suggestion: "one run() per SessionManager"
    )
}
