import Synchronization
public import TradeStationModel

/// A clock that stands still until a test moves it. Whoever sleeps on it wakes when the time has come.
///
/// Each move is one jump, as for a machine that was suspended: who sleeps several times on the way wakes once.
/// ``EmulatedTradeStation/pass(_:)`` goes in steps.
public final class TestClock: TimeSource {
    private struct Sleeper {
        let since: Int64
        let milliseconds: Int64
        let continuation: CheckedContinuation<Void, any Error>

        var wakesAt: Int64 { since + milliseconds }
    }

    private struct State {
        var boot: Int64
        var wall: Int64
        var sleepers: [Int: Sleeper] = [:]
        var bells: [Int: AsyncStream<Void>.Continuation] = [:]
        var followers: [@Sendable () -> Void] = []
        private var nextID = 0

        init(boot: Int64, wall: Int64) {
            self.boot = boot
            self.wall = wall
        }

        mutating func id() -> Int {
            nextID += 1
            return nextID
        }

        func sleeperCount(otherThan limits: Set<Int64>) -> Int {
            sleepers.values.count { !limits.contains($0.milliseconds) }
        }

        func ring() {
            for bell in bells.values { bell.yield() }
        }
    }

    /// Names the boot of the machine that this clock is of. Another one plays a reboot.
    public let bootID: String
    private let state: Mutex<State>

    /// A clock that stands.
    ///
    /// - Parameters:
    ///   - wall: what the wall clock shows; unless said otherwise, a Tuesday at 9:31 in UTC.
    ///   - bootID: names the boot of the machine.
    ///   - sinceBoot: how long ago that was.
    public init(
        wall: Timestamp = Timestamp(milliseconds: 1_791_279_060_000),
        bootID: String = "test-boot",
        sinceBoot: Duration = .seconds(1000)
    ) {
        self.bootID = bootID
        state = Mutex(State(boot: sinceBoot.wholeMilliseconds, wall: wall.milliseconds))
    }

    /// Milliseconds since boot.
    public func bootMilliseconds() -> Int64 { state.withLock { $0.boot } }

    /// The wall clock.
    public func wallTime() -> Timestamp { Timestamp(milliseconds: state.withLock { $0.wall }) }

    // MARK: Moving

    /// Moves on, to the millisecond, and wakes whoever is due.
    public func advance(by duration: Duration) {
        move(byMilliseconds: duration.wholeMilliseconds)
    }

    /// Moves the wall clock only, as an administrator or NTP would; also back.
    public func stepWall(by duration: Duration) {
        let followers = state.withLock { state in
            state.wall += duration.wholeMilliseconds
            return state.followers
        }
        for follow in followers { follow() }
    }

    /// Lets pauses pass while `body` runs: whenever somebody sleeps for less than `limit`, moves on to the end of that.
    ///
    /// Longer sleeps stand still, for most of them are limits that nothing comes near when all is well: a caller's
    /// patience (``SessionConfiguration/timeout``) and the silence after which a stream is dead are 30 s each.
    ///
    /// - Throws: what `body` throws.
    public func whileTimePasses<Result>(
        sleepingLessThan limit: Duration = .seconds(30),
        _ body: () async throws -> Result
    ) async rethrows -> Result {
        let hand = Task { [milliseconds = limit.wholeMilliseconds] in
            while true {
                try await wait { $0.sleepers.values.contains { $0.milliseconds < milliseconds } }
                try Task.checkCancellation()
                if let rest = rest(ofSleepsBelow: milliseconds) { move(byMilliseconds: rest) }
            }
        }
        // Once this is over the clock stands: the hand is let go of before anybody looks.
        do {
            let result = try await body()
            await letGo(of: hand)
            return result
        } catch {
            await letGo(of: hand)
            throw error
        }
    }

    private func letGo(of hand: Task<Void, any Error>) async {
        hand.cancel()
        _ = await hand.result
    }

    // MARK: Waiting

    /// Sleeps until the clock was moved so far.
    ///
    /// - Throws: `CancellationError`.
    public func sleep(milliseconds: Int64) async throws {
        let id = state.withLock { $0.id() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let settled: Result<Void, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if milliseconds <= 0 { return .success(()) }
                    state.sleepers[id] = Sleeper(
                        since: state.boot,
                        milliseconds: milliseconds,
                        continuation: continuation
                    )
                    state.ring()
                    return nil
                }
                if let settled { continuation.resume(with: settled) }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                defer { state.ring() }
                return state.sleepers.removeValue(forKey: id)
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    /// How many tasks sleep at the moment.
    public var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    /// Whether somebody sleeps for exactly that long.
    public func sleeps(for duration: Duration) -> Bool {
        let milliseconds = duration.wholeMilliseconds
        return state.withLock { $0.sleepers.values.contains { $0.milliseconds == milliseconds } }
    }

    /// Returns once somebody sleeps, or sleeps for exactly that long if a time is given.
    ///
    /// - Throws: `CancellationError`.
    public func waitForSleeper(of duration: Duration? = nil) async throws {
        let milliseconds = duration?.wholeMilliseconds
        try await wait { state in
            state.sleepers.values.contains { milliseconds == nil || $0.milliseconds == milliseconds }
        }
    }

    // MARK: For the stage around it

    /// Calls `follow` after each move, before the sleepers wake.
    func onMove(_ follow: @escaping @Sendable () -> Void) {
        state.withLock { $0.followers.append(follow) }
    }

    /// Moves on; for how long those slept who wake.
    @discardableResult
    func move(byMilliseconds milliseconds: Int64) -> [Int64] {
        let followers = state.withLock { state in
            state.boot += milliseconds
            state.wall += milliseconds
            return state.followers
        }
        for follow in followers { follow() }
        let due = state.withLock { state in
            let due = state.sleepers.filter { $0.value.wakesAt <= state.boot }
            for id in due.keys { state.sleepers[id] = nil }
            state.ring()
            return due.values
        }
        for sleeper in due { sleeper.continuation.resume() }
        return due.map(\.milliseconds)
    }

    /// Milliseconds until the next of those wakes that sleep for less than `limit`; nil when there is none.
    func rest(ofSleepsBelow limit: Int64) -> Int64? {
        state.withLock { state in
            state.sleepers.values.filter { $0.milliseconds < limit }.map { $0.wakesAt - state.boot }.min()
        }
    }

    /// How many sleep for other times than these.
    func sleeperCount(otherThan limits: Set<Int64>) -> Int {
        state.withLock { $0.sleeperCount(otherThan: limits) }
    }

    /// Returns once so many sleep for other times than these, and nobody for one of these since before now.
    func waitUntilSettled(sleepers count: Int, limits: Set<Int64>) async throws {
        try await wait { state in
            state.sleeperCount(otherThan: limits) >= count
                && !state.sleepers.values.contains { limits.contains($0.milliseconds) && $0.since < state.boot }
        }
    }

    private func wait(until isSo: (State) -> Bool) async throws {
        let (changes, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state in
            let id = state.id()
            state.bells[id] = bell
            return id
        }
        defer { state.withLock { $0.bells[id] = nil } }
        bell.yield()
        for await _ in changes where state.withLock({ isSo($0) }) { return }
        throw CancellationError()
    }
}

extension Duration {
    var wholeMilliseconds: Int64 { Int64((self / .milliseconds(1)).rounded()) }
}
