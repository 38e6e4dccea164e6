import ServiceLifecycle
import Synchronization
import TradeStationModel

/// Keeps the logins of open sessions fresh while ``SessionManager/run()`` runs: one queue and one timer for all of them.
///
/// The queue is ordered by the boot clock. While a check is scheduled, the timer fires every ten seconds at least, and
/// the wall clock is read as well: if the distance between the two clocks has changed, every login is checked.
final class FreshnessKeeper: Sendable {
    private struct State {
        var queue = CheckQueue()
        /// Wakes the loop of `run`; nil while it does not run.
        var wakeUp: AsyncStream<Void>.Continuation?
        var alarm: (at: Int64, task: Task<Void, Never>)?
        /// How far the wall clock was ahead of the boot clock when all logins were last scheduled.
        var lead: Int64
        var isClosed = false
    }

    private let clock: any TimeSource
    private let timeout: Int64
    private let notice: @Sendable (KeepingNotice) -> Void
    private let state: Mutex<State>
    private let noticeLock = Mutex(())

    /// - Parameters:
    ///   - timeout: how long to wait for a refresh, in milliseconds.
    ///   - notice: called when a login can no longer be kept fresh, and when it can be again.
    init(clock: any TimeSource, timeout: Int64, notice: @escaping @Sendable (KeepingNotice) -> Void) {
        self.clock = clock
        self.timeout = timeout
        self.notice = notice
        state = Mutex(State(lead: clock.reading.lead))
    }

    /// Keeps the logins of `directory` fresh until graceful shutdown, cancellation or ``close()``.
    ///
    /// - Throws: ``AccountsError`` `closed`, and `usage` when it runs already.
    func run(_ directory: LoginDirectory) async throws(AccountsError) {
        let (wakeUps, wakeUp) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let failure: AccountsError? = state.withLock { state in
            guard !state.isClosed else { return .closed }
            guard state.wakeUp == nil else { return .alreadyRunning }
            state.wakeUp = wakeUp
            state.lead = clock.reading.lead
            return nil
        }
        if let failure { throw failure }
        defer { reset() }
        for login in directory.all {
            login.updateCheckSchedule { $0 = CheckSchedule() }
            schedule(login, at: clock.bootMilliseconds())
        }
        await withDiscardingTaskGroup { group in
            // The handler is called immediately if shutdown has already begun.
            await withGracefulShutdownHandler {
                for await _ in wakeUps {
                    for login in startDue(from: directory) {
                        group.addTask { await self.runCheck(login) }
                    }
                }
            } onGracefulShutdown: {
                wakeUp.finish()
            }
        }
    }

    /// Starts no more checks from now on; `run` returns when the running checks have finished.
    func close() {
        state.withLock { state in
            state.isClosed = true
            return state.wakeUp
        }?.finish()
    }

    /// Whether `run` has nothing to do before the boot clock passes `time`.
    func isResting(at time: Int64) -> Bool {
        state.withLock { $0.wakeUp != nil && $0.queue.runningCount == 0 && $0.queue.next ?? .max > time }
    }

    /// Whether `run` runs, and no check has been due for longer than this without being started.
    func keepsUp(within milliseconds: Int64) -> Bool {
        let now = clock.bootMilliseconds()
        return state.withLock { state in
            state.wakeUp != nil
                && (state.queue.next ?? .max > now - milliseconds || state.queue.runningCount >= CheckQueue.limit)
        }
    }

    private func reset() {
        state.withLock { state in
            state.alarm?.task.cancel()
            state = State(lead: state.lead, isClosed: state.isClosed)
        }
    }

    // MARK: Scheduling

    /// Schedules the next check of a login whose session was just opened.
    func schedule(_ login: LoginTokens, for stored: StoredLogin) {
        guard state.withLock({ $0.wakeUp }) != nil else { return }
        let now = clock.now()
        if case .rest(let until) = FreshnessNeed(of: stored, now: now) {
            report(nil, of: login)
            schedule(login, at: until)
        } else {
            schedule(login, at: now.bootMilliseconds)
        }
    }

    /// Schedules the next check of a login that was just refreshed.
    func schedule(_ login: LoginTokens, after tokens: TokenSet) {
        schedule(
            login,
            at: clock.bootMilliseconds()
                + FreshnessNeed.pauseAfterSuccess(lifetimeSeconds: tokens.lifetimeSeconds)
        )
    }

    private func schedule(_ login: LoginTokens, at time: Int64) {
        state.withLock { schedule(login, at: time, in: &$0) }
    }

    private func schedule(_ login: LoginTokens, at time: Int64, in state: inout State) {
        guard let wakeUp = state.wakeUp, login.updateCheckSchedule({ $0.schedule(at: time) }) else { return }
        state.queue.add(CheckQueue.Entry(at: time, login: login.id))
        if time < state.alarm?.at ?? .max { wakeUp.yield() }
    }

    /// Starts the checks that are due, and sets the timer to the next one.
    private func startDue(from directory: LoginDirectory) -> [LoginTokens] {
        state.withLock { state in
            let reading = clock.reading
            let now = reading.boot
            if abs(reading.lead - state.lead) > Self.largestDrift {
                state.lead = reading.lead
                for login in directory.all { schedule(login, at: now, in: &state) }
            }
            var due: [LoginTokens] = []
            while let entry = state.queue.popDue(at: now) {
                guard let login = directory[entry.login],
                    login.updateCheckSchedule({ $0.start(scheduledAt: entry.at) })
                else { continue }
                state.queue.recordStart()
                due.append(login)
            }
            setAlarm(at: state.queue.next, in: &state)
            return due
        }
    }

    private func setAlarm(at time: Int64?, in state: inout State) {
        guard time != state.alarm?.at, let wakeUp = state.wakeUp else { return }
        state.alarm?.task.cancel()
        state.alarm = time.map { time in
            let task = Task { [clock] in
                repeat {
                    // Sleep in short steps: the wall clock may be set, and some timers do not count the time while the
                    // machine is suspended.
                    let rest = min(time - clock.bootMilliseconds(), Self.longestSleep)
                    let nap = min(rest, Self.longestNap)
                    guard (try? await clock.sleep(milliseconds: nap, of: rest)) != nil else { return }
                    wakeUp.yield()
                } while clock.bootMilliseconds() < time
            }
            return (time, task)
        }
    }

    /// The maximum length of a sleep, in milliseconds. A sleep consists of naps. The clock is told its whole length.
    private static let longestSleep: Int64 = 60_000

    /// The maximum length of a nap, in milliseconds. After each nap, both clocks are read.
    private static let longestNap: Int64 = 10_000

    /// How far the clocks may drift apart, in milliseconds, before every login is checked.
    private static let largestDrift: Int64 = 1000

    // MARK: One check

    private func runCheck(_ login: LoginTokens) async {
        let next = await check(login)
        state.withLock { state in
            login.updateCheckSchedule { $0.end() }
            state.queue.recordEnd()
            if let next { schedule(login, at: next, in: &state) }
            state.wakeUp?.yield()
        }
    }

    /// Checks a login and refreshes it if necessary.
    ///
    /// - Returns: the time of the next check; nil if the login was removed.
    private func check(_ login: LoginTokens) async -> Int64? {
        do {
            guard let stored = try await login.load() else { return nil }
            switch FreshnessNeed(of: stored, now: clock.now()) {
            case .rest(let until):
                report(nil, of: login)
                return until
            case .wait(let milliseconds):
                // Until this wait is over, a refresh would fail, so callers get the current token.
                login.serve(for: milliseconds)
                return clock.bootMilliseconds() + milliseconds
            case .refresh(let intent):
                login.serve(for: .max)
                let result = try await login.refresh(
                    RefreshRequest(
                        login: login.id,
                        profile: login.profile,
                        intent: intent,
                        deadline: clock.bootMilliseconds() + timeout
                    )
                )
                report(result.saveFailure, of: login)
                return clock.bootMilliseconds()
                    + FreshnessNeed.pauseAfterSuccess(lifetimeSeconds: result.tokens.lifetimeSeconds)
            case .userAction(let error):
                report(error, of: login)
                return clock.bootMilliseconds() + FreshnessNeed.pauseForUserAction
            }
        } catch {
            if let error = error as? AccountsError { report(error, of: login) }
            return clock.bootMilliseconds() + FreshnessNeed.pauseAfterFailure
        }
    }

    /// Reports a failure or a recovery, once each.
    private func report(_ failure: AccountsError?, of login: LoginTokens) {
        // Notices are sent one at a time, so that the last notice about a login shows its current state.
        noticeLock.withLock { _ in
            let isClosed = state.withLock { $0.isClosed }
            guard !isClosed, login.updateCheckSchedule({ $0.recordFailure(failure?.code) }) else { return }
            notice(KeepingNotice(profile: login.profile, failure: failure?.about(login.profile)))
        }
    }
}

extension AccountsError {
    fileprivate static let alreadyRunning = AccountsError(
        .usage,
        "The session manager already keeps its sessions fresh.",
        suggestion: "call run() once for each SessionManager"
    )
}
