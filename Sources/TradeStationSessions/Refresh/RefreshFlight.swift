import Synchronization
import TradeStationModel

/// What callers wait for: one refresh of one login, whoever asked first. Leaving never ends it; only its owner does.
final class RefreshFlight: Sendable {
    /// What the flight is doing, for the error of a caller who leaves.
    enum Phase: Sendable {
        case reading, locking, pausing, recording, exchanging, saving
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
        var change: Int64?
        var result: Result<RefreshResult, any Error>?
        var watch: Task<Void, Never>?
    }

    /// What the caller wanted that started it.
    let intent: RefreshIntent
    /// How long that caller waits, by the boot clock: what would take longer is not tried.
    let deadline: Int64

    private let state = Mutex(State())
    private let clock: any TimeSource

    init(intent: RefreshIntent, deadline: Int64, clock: any TimeSource) {
        self.intent = intent
        self.deadline = deadline
        self.clock = clock
    }

    /// How many callers wait at the moment.
    var waiterCount: Int { state.withLock { $0.waiters.count } }

    /// The profiles that the login had when it was last read; nil when it was not.
    var profiles: Set<Profile.ID>? { state.withLock { $0.profiles } }

    /// Notes which profiles the login has.
    func note(profiles: Set<Profile.ID>) {
        state.withLock { $0.profiles = profiles }
    }

    /// Notes what the flight is doing.
    func enter(_ phase: Phase) {
        state.withLock { $0.phase = phase }
    }

    /// Waits for the end of the flight, or leaves when the boot clock reaches `deadline` or the task is cancelled.
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

    /// Whether what it found was read before the board said `change`: then it is no answer to who came later.
    func isOlder(than change: Int64) -> Bool {
        state.withLock { $0.change.map { $0 != change } ?? false }
    }

    /// Whether it failed for want of time, and a caller with this deadline has clearly more of it.
    func fellShort(_ error: AccountsError, of deadline: Int64) -> Bool {
        [.lockTimeout, .backingOff, .rateLimited].contains(error.code) && deadline - self.deadline >= 1000
    }

    /// Ends the flight: everybody who still waits gets the result at once.
    ///
    /// - Parameter change: what the board said before the store was read for it.
    func finish(_ result: Result<RefreshResult, any Error>, since change: Int64) {
        let (waiters, watch) = state.withLock { state in
            state.result = result
            state.change = change
            defer {
                state.waiters = [:]
                state.watch = nil
            }
            return (state.waiters.values.map(\.continuation), state.watch)
        }
        watch?.cancel()
        for waiter in waiters { waiter.resume(with: result) }
    }

    /// One sleeping task for all waiters, however many there are.
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

    /// Sends those away whose deadline has come; milliseconds until the next one, nil when nobody waits.
    private func expireWaiters(at now: Int64) -> Int64? {
        let (expired, phase, next) = state.withLock { state in
            let expired = state.waiters.filter { $0.value.deadline <= now }
            for id in expired.keys { state.waiters[id] = nil }
            let next = state.waiters.values.map(\.deadline).min()
            if next == nil { state.watch = nil }
            return (expired.values.map(\.continuation), state.phase, next)
        }
        for waiter in expired { waiter.resume(throwing: AccountsError.leftWaiting(phase)) }
        return next.map { $0 - now }
    }
}

extension AccountsError {
    fileprivate static func leftWaiting(_ phase: RefreshFlight.Phase) -> AccountsError {
        switch phase {
        case .reading, .recording, .saving:
            AccountsError(
                .storeBusy,
                "The store did not answer in time.",
                suggestion: "the same command with a longer --timeout"
            )
        case .locking:
            AccountsError(
                .lockTimeout,
                "Another process is refreshing this login and has not finished in time.",
                suggestion: "the same command with a longer --timeout"
            )
        case .pausing:
            AccountsError(
                .backingOff,
                "The last refresh failed; the next one is not due yet.",
                suggestion: "the same command with a longer --timeout"
            )
        case .exchanging:
            AccountsError(
                .serverUnreachable,
                "The sign-in server has not answered in time; the refresh goes on.",
                suggestion: "the same command with a longer --timeout"
            )
        }
    }
}
