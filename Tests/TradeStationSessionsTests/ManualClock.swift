import Synchronization
import TradeStationModel

/// A clock that stands still until a test moves it. Whoever sleeps wakes when the time has come.
final class ManualClock: TimeSource {
    private struct Sleeper {
        let wakesAt: Int64
        let milliseconds: Int64
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var boot: Int64
        var wall: Int64
        var sleepers: [Int: Sleeper] = [:]
        var nextID = 0
    }

    let bootID: String
    private let state: Mutex<State>

    init(
        bootID: String = "7c1b0e6a-manual",
        boot: Int64 = 1_000_000,
        wall: Timestamp = Timestamp(milliseconds: 1_791_279_060_000)
    ) {
        self.bootID = bootID
        state = Mutex(State(boot: boot, wall: wall.milliseconds))
    }

    func bootMilliseconds() -> Int64 { state.withLock { $0.boot } }
    func wallTime() -> Timestamp { Timestamp(milliseconds: state.withLock { $0.wall }) }

    /// How many tasks sleep at the moment.
    var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    /// Whether somebody sleeps for exactly that long.
    func sleeps(milliseconds: Int64) -> Bool {
        state.withLock { $0.sleepers.values.contains { $0.milliseconds == milliseconds } }
    }

    /// Moves on to when the next of those wakes that sleep for at most `milliseconds`; says whether there was one.
    func advanceToNext(sleepingAtMost milliseconds: Int64) -> Bool {
        let wait = state.withLock { state in
            state.sleepers.values.filter { $0.milliseconds <= milliseconds }.map { $0.wakesAt - state.boot }.min()
        }
        guard let wait else { return false }
        advance(seconds: Double(wait) / 1000)
        return true
    }

    func advance(seconds: Double) {
        let due = state.withLock { state in
            state.boot += Int64(seconds * 1000)
            state.wall += Int64(seconds * 1000)
            let due = state.sleepers.filter { $0.value.wakesAt <= state.boot }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in due { continuation.resume() }
    }

    /// Moves the wall clock only, as an administrator or NTP would.
    func stepWall(seconds: Double) {
        state.withLock { $0.wall += Int64(seconds * 1000) }
    }

    func sleep(milliseconds: Int64) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let settled: Result<Void, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if milliseconds <= 0 { return .success(()) }
                    state.sleepers[id] = Sleeper(
                        wakesAt: state.boot + milliseconds,
                        milliseconds: milliseconds,
                        continuation: continuation
                    )
                    return nil
                }
                if let settled { continuation.resume(with: settled) }
            }
        } onCancel: {
            let sleeper = state.withLock { $0.sleepers.removeValue(forKey: id) }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }
}
