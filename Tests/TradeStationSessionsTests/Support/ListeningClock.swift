import Synchronization
import TradeStationModel
import TradeStationTesting

/// A test clock that tells a test each time it is read or slept on.
final class ListeningClock: TimeSource {
    private struct State {
        /// How many sleeps of each time have begun, and how many of them last.
        var sleeps: [Int64: (begun: Int, current: Int)] = [:]
        var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
        var nextID = 0
    }

    private let clock: TestClock
    private let state = Mutex(State())

    init(_ clock: TestClock) {
        self.clock = clock
    }

    var bootID: String { clock.bootID }

    func bootMilliseconds() -> Int64 {
        defer { tell() }
        return clock.bootMilliseconds()
    }

    func wallTime() -> Timestamp { clock.wallTime() }

    func sleep(milliseconds: Int64) async throws {
        try await sleep(milliseconds: milliseconds, of: milliseconds)
    }

    func sleep(milliseconds part: Int64, of milliseconds: Int64) async throws {
        state.withLock { state in
            let sleeps = state.sleeps[milliseconds] ?? (0, 0)
            state.sleeps[milliseconds] = (sleeps.begun + 1, sleeps.current + 1)
        }
        tell()
        defer {
            state.withLock { $0.sleeps[milliseconds, default: (0, 0)].current -= 1 }
            tell()
        }
        try await clock.sleep(milliseconds: part, of: milliseconds)
    }

    /// Returns once this many sleeps of exactly this time have begun, and all of them but one have ended.
    func waitForSleeps(_ count: Int, milliseconds: Int64) async throws {
        try await waitForCall { [self] in
            let sleeps = state.withLock { $0.sleeps[milliseconds] ?? (0, 0) }
            return sleeps.begun >= count && sleeps.current == 1
        }
        try await clock.waitForSleeper(of: .milliseconds(milliseconds))
    }

    /// Returns once `holds` is true. It is asked at once, and after each call of the clock.
    func waitForCall(until holds: @Sendable () async -> Bool) async throws {
        let (calls, listener) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state in
            state.nextID += 1
            state.listeners[state.nextID] = listener
            return state.nextID
        }
        defer { state.withLock { $0.listeners[id] = nil } }
        listener.yield()
        for await _ in calls where await holds() { return }
        throw CancellationError()
    }

    private func tell() {
        state.withLock { state in
            for listener in state.listeners.values { listener.yield() }
        }
    }
}
