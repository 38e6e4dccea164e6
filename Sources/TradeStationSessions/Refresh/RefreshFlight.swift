import Synchronization
import TradeStationModel

/// One refresh of one login, shared by all callers that wait for it. A caller that stops waiting does not cancel it.
final class RefreshFlight: Sendable {
    /// The current phase of the flight, for the error of a caller that stops waiting.
    enum Phase: Sendable {
        case reading, locking, pausing, recording, lookingUp, exchanging, saving
    }

    private struct Waiter {
        let continuation: CheckedContinuation<RefreshResult, any Error>
        let deadline: Int64
    }

    private struct State {
        var waiters: [Int: Waiter] = [:]
        var nextID = 0
        var phase = Phase.reading
        var profiles: Set<Profile.ID>?
        var stamp: ChangeStamp?
        var result: Result<RefreshResult, any Error>?
        var watch: Task<Void, Never>?
    }

    /// The request of the caller that started the flight.
    let request: RefreshRequest

    private let state = Mutex(State())
    private let clock: any TimeSource
    private let report: @Sendable (RefreshWait) -> Void

    /// - Parameter report: Called with each phase, and when the flight ends.
    init(
        _ request: RefreshRequest,
        clock: any TimeSource,
        report: @escaping @Sendable (RefreshWait) -> Void = { _ in }
    ) {
        self.request = request
        self.clock = clock
        self.report = report
    }

    /// The number of waiting callers.
    var waiterCount: Int { state.withLock { $0.waiters.count } }

    /// The profiles of the login when it was last read; nil before the first read.
    var profiles: Set<Profile.ID>? { state.withLock { $0.profiles } }

    /// Records the login as it was just read.
    func note(_ stored: StoredLogin) {
        state.withLock { state in
            state.profiles = Set(stored.profiles.keys)
            state.stamp = stored.stamp
        }
    }

    /// Records the current phase.
    ///
    /// - Parameter milliseconds: How long the phase takes, if that is known.
    func enter(_ phase: Phase, for milliseconds: Int64? = nil) {
        state.withLock { $0.phase = phase }
        report(RefreshWait(profile: request.profile, cause: phase.cause, milliseconds: milliseconds))
    }

    /// Waits for the end of the flight, until the boot clock reaches `deadline` or the task is cancelled.
    func wait(until deadline: Int64) async throws -> RefreshResult {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let settled: Result<RefreshResult, any Error>? = state.withLock { state in
                    if let result = state.result { return result }
                    if Task.isCancelled { return .failure(CancellationError()) }
                    state.waiters[id] = Waiter(continuation: continuation, deadline: deadline)
                    return nil
                }
                if let settled { continuation.resume(with: settled) } else { watchDeadlines() }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: id) }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Whether the login has changed since the flight read it. If so, later callers must not use the flight's result.
    ///
    /// - Parameter stamp: the login's change counter now.
    func isOutdated(at stamp: ChangeStamp) -> Bool {
        state.withLock { state in state.result != nil && state.stamp.map { $0 != stamp } ?? false }
    }

    /// Whether the flight failed for a reason that may not apply to a caller with another request: the intents differ,
    /// or the flight ran out of time and the caller waits at least a second longer.
    func failureMayNotApply(_ error: AccountsError, to other: RefreshRequest) -> Bool {
        let lacksTime = [.lockTimeout, .backingOff, .rateLimited].contains(error.code)
        return request.intent != other.intent || (lacksTime && other.deadline - request.deadline >= 1000)
    }

    /// Ends the flight: all callers that still wait get the result.
    func finish(_ result: Result<RefreshResult, any Error>) {
        report(RefreshWait(profile: request.profile, cause: nil, milliseconds: nil))
        let (waiters, watch) = state.withLock { state in
            state.result = result
            if case .success(let landed) = result { state.stamp = landed.stamp }
            defer {
                state.waiters = [:]
                state.watch = nil
            }
            return (state.waiters.values.map(\.continuation), state.watch)
        }
        watch?.cancel()
        for waiter in waiters { waiter.resume(with: result) }
    }

    /// Starts the task that ends waits at their deadlines: one task for all waiters, however many there are.
    private func watchDeadlines() {
        state.withLock { state in
            guard state.watch == nil, state.result == nil else { return }
            state.watch = Task { [weak self, clock] in
                while let next = self?.expireWaiters(at: clock.bootMilliseconds()) {
                    guard (try? await clock.sleep(milliseconds: next)) != nil else { return }
                }
            }
        }
    }

    /// Ends the wait of callers whose deadline has passed.
    ///
    /// - Returns: milliseconds until the next deadline; nil when no caller waits.
    private func expireWaiters(at now: Int64) -> Int64? {
        let (expired, phase, next) = state.withLock { state in
            let expired = state.waiters.filter { $0.value.deadline <= now }
            for id in expired.keys { state.waiters[id] = nil }
            let next = state.waiters.values.map(\.deadline).min()
            if next == nil { state.watch = nil }
            return (expired.values.map(\.continuation), state.phase, next)
        }
        for waiter in expired { waiter.resume(throwing: AccountsError.waitEnded(in: phase)) }
        return next.map { $0 - now }
    }
}

extension AccountsError {
    fileprivate static func waitEnded(in phase: RefreshFlight.Phase) -> AccountsError {
        switch phase {
        case .saving:
            AccountsError(
                .storeBusy,
                "The refresh has succeeded, but its answer could not be saved in the database in time.",
                reason: "The answer is kept, and is saved as soon as the database is free.",
                suggestion: "tsaccounts status NAME"
            )
        case .reading, .recording:
            AccountsError(
                .storeBusy,
                "The store did not answer in time.",
                suggestion: "run the same command with a longer --timeout"
            )
        case .locking:
            AccountsError(
                .lockTimeout,
                "Another process is refreshing this login and has not finished in time.",
                suggestion: "run the same command with a longer --timeout"
            )
        case .pausing:
            AccountsError(
                .backingOff,
                "The last refresh failed; the next one is not due yet.",
                suggestion: "run the same command with a longer --timeout"
            )
        case .lookingUp:
            AccountsError(
                .serverUnreachable,
                "The name of the sign-in server could not be looked up in time.",
                reason: "The name servers in /etc/resolv.conf do not answer.",
                suggestion: "run the same command with a longer --timeout"
            )
        case .exchanging:
            AccountsError(
                .serverUnreachable,
                "The sign-in server has not answered in time; the refresh continues.",
                suggestion: "run the same command with a longer --timeout"
            )
        }
    }
}
