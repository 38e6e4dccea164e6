import Synchronization
public import TradeStationModel

/// A clock that moves only when a test moves it. Tasks that sleep on it wake when their time has come.
///
/// Each move is one jump, as on a computer that was suspended: a task that would sleep several times in that period
/// wakes once. ``EmulatedTradeStation/pass(_:)`` moves in steps.
public final class TestClock: TimeSource {
    private struct Sleeper {
        let since: Int64
        /// The duration of the whole sleep, even if the task wakes several times during it.
        let milliseconds: Int64
        let wakesAt: Int64
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var boot: Int64
        var wall: Int64
        var sleepers: [Int: Sleeper] = [:]
        var observers: [Int: AsyncStream<Void>.Continuation] = [:]
        var moveHandlers: [@Sendable () -> Void] = []
        private var nextID = 0

        init(boot: Int64, wall: Int64) {
            self.boot = boot
            self.wall = wall
        }

        mutating func makeID() -> Int {
            nextID += 1
            return nextID
        }

        func sleeperCount(otherThan limits: Set<Int64>) -> Int {
            sleepers.values.count { !limits.contains($0.milliseconds) }
        }

        func notifyObservers() {
            for observer in observers.values { observer.yield() }
        }
    }

    /// The id of the computer's boot. A clock with another id simulates a reboot.
    public let bootID: String
    private let state: Mutex<State>

    /// Creates a clock that stands still until a test moves it.
    ///
    /// - Parameters:
    ///   - wall: The wall clock time; by default a Tuesday at 9:31 in UTC.
    ///   - bootID: The id of the computer's boot.
    ///   - sinceBoot: The time since the boot.
    public init(
        wall: Timestamp = Timestamp(milliseconds: 1_791_279_060_000),
        bootID: String = "test-boot",
        sinceBoot: Duration = .seconds(1000)
    ) {
        self.bootID = bootID
        state = Mutex(State(boot: sinceBoot.wholeMilliseconds, wall: wall.milliseconds))
    }

    /// The milliseconds since the boot.
    public func bootMilliseconds() -> Int64 { state.withLock { $0.boot } }

    /// The wall clock time.
    public func wallTime() -> Timestamp { Timestamp(milliseconds: state.withLock { $0.wall }) }

    // MARK: Moving

    /// Moves the clock forward, to the millisecond, and wakes the tasks that are due.
    public func advance(by duration: Duration) {
        move(byMilliseconds: duration.wholeMilliseconds)
    }

    /// Moves only the wall clock, forward or back, like an administrator or NTP.
    public func stepWall(by duration: Duration) {
        let handlers = state.withLock { state in
            state.wall += duration.wholeMilliseconds
            return state.moveHandlers
        }
        for handler in handlers { handler() }
    }

    /// Skips pauses while `body` runs: whenever a task sleeps for less than `limit`, moves the clock to the end of the sleep.
    ///
    /// Longer sleeps are not skipped, because most of them are time limits that normally do not pass: the timeout of a
    /// call (``SessionConfiguration/timeout``) and the silence after which a stream reconnects are 30 s each.
    ///
    /// - Throws: The error of `body`.
    public func whileTimePasses<Result>(
        sleepingLessThan limit: Duration = .seconds(30),
        _ body: () async throws -> Result
    ) async rethrows -> Result {
        let mover = Task { [milliseconds = limit.wholeMilliseconds] in
            while true {
                try await wait { $0.sleepers.values.contains { $0.milliseconds < milliseconds } }
                try Task.checkCancellation()
                if let rest = millisecondsUntilWake(ofSleepsBelow: milliseconds) { move(byMilliseconds: rest) }
            }
        }
        // Stop the mover before returning, so that the clock does not move afterwards.
        do {
            let result = try await body()
            await stop(mover)
            return result
        } catch {
            await stop(mover)
            throw error
        }
    }

    private func stop(_ mover: Task<Void, any Error>) async {
        mover.cancel()
        _ = await mover.result
    }

    // MARK: Waiting

    /// Sleeps until the clock has moved forward by this many milliseconds.
    ///
    /// - Throws: `CancellationError`.
    public func sleep(milliseconds: Int64) async throws {
        try await sleep(milliseconds: milliseconds, of: milliseconds)
    }

    /// Sleeps until the clock has moved this far, as a part of a sleep of `whole` milliseconds.
    ///
    /// ``whileTimePasses(sleepingLessThan:_:)``, ``sleeps(for:)`` and ``waitForSleeper(of:)`` consider the whole sleep.
    ///
    /// - Throws: `CancellationError`.
    public func sleep(milliseconds: Int64, of whole: Int64) async throws {
        let id = state.withLock { $0.makeID() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let immediate: Result<Void, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if milliseconds <= 0 { return .success(()) }
                    state.sleepers[id] = Sleeper(
                        since: state.boot,
                        milliseconds: whole,
                        wakesAt: state.boot + milliseconds,
                        continuation: continuation
                    )
                    state.notifyObservers()
                    return nil
                }
                if let immediate { continuation.resume(with: immediate) }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                defer { state.notifyObservers() }
                return state.sleepers.removeValue(forKey: id)
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    /// The number of tasks that sleep now.
    public var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    /// Whether a task sleeps for exactly this long.
    public func sleeps(for duration: Duration) -> Bool {
        let milliseconds = duration.wholeMilliseconds
        return state.withLock { $0.sleepers.values.contains { $0.milliseconds == milliseconds } }
    }

    /// Waits until a task sleeps; if `duration` is given, waits until a task sleeps for exactly that long.
    ///
    /// - Throws: `CancellationError`.
    public func waitForSleeper(of duration: Duration? = nil) async throws {
        let milliseconds = duration?.wholeMilliseconds
        try await wait { state in
            state.sleepers.values.contains { milliseconds == nil || $0.milliseconds == milliseconds }
        }
    }

    // MARK: For withTradeStation and EmulatedTradeStation

    /// Calls `handler` after each move, before sleeping tasks wake.
    func onMove(_ handler: @escaping @Sendable () -> Void) {
        state.withLock { $0.moveHandlers.append(handler) }
    }

    /// Moves the clock forward; returns the sleep durations of the tasks that wake.
    @discardableResult
    func move(byMilliseconds milliseconds: Int64) -> [Int64] {
        let handlers = state.withLock { state in
            state.boot += milliseconds
            state.wall += milliseconds
            return state.moveHandlers
        }
        for handler in handlers { handler() }
        let due = state.withLock { state in
            let due = state.sleepers.filter { $0.value.wakesAt <= state.boot }
            for id in due.keys { state.sleepers[id] = nil }
            state.notifyObservers()
            return due.values
        }
        for sleeper in due { sleeper.continuation.resume() }
        return due.map(\.milliseconds)
    }

    /// The milliseconds until the next task wakes, among those that sleep for less than `limit`; nil if none does.
    func millisecondsUntilWake(ofSleepsBelow limit: Int64) -> Int64? {
        state.withLock { state in
            state.sleepers.values.filter { $0.milliseconds < limit }.map { $0.wakesAt - state.boot }.min()
        }
    }

    /// The number of tasks whose sleep duration is not in `limits`.
    func sleeperCount(otherThan limits: Set<Int64>) -> Int {
        state.withLock { $0.sleeperCount(otherThan: limits) }
    }

    /// Waits until `count` tasks sleep for durations that are not in `limits`, and every sleep with a duration in
    /// `limits` started at the current time.
    func waitUntilSettled(sleepers count: Int, limits: Set<Int64>) async throws {
        try await wait { state in
            state.sleeperCount(otherThan: limits) >= count
                && !state.sleepers.values.contains { limits.contains($0.milliseconds) && $0.since < state.boot }
        }
    }

    private func wait(until condition: (State) -> Bool) async throws {
        let (changes, observer) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state in
            let id = state.makeID()
            state.observers[id] = observer
            return id
        }
        defer { state.withLock { $0.observers[id] = nil } }
        observer.yield()
        for await _ in changes where state.withLock({ condition($0) }) { return }
        throw CancellationError()
    }
}

extension Duration {
    var wholeMilliseconds: Int64 { Int64((self / .milliseconds(1)).rounded()) }
}
