import Synchronization
import TradeStationModel

/// A clock that stands still until a test moves it.
final class ManualClock: TimeSource {
    private struct Sleeper {
        let due: Int64
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var boot: Int64 = 1_000_000
        var sleepers: [Int: Sleeper] = [:]
        var cancelled: Set<Int> = []
        var next = 0
        var watchers: [CheckedContinuation<Void, Never>] = []
    }

    let bootID = "boot-1"
    private let state = Mutex(State())

    func bootMilliseconds() -> Int64 { state.withLock { $0.boot } }

    func wallTime() -> Timestamp { Timestamp(milliseconds: 1_790_000_000_000 + bootMilliseconds()) }

    /// Moves time on and wakes whoever is due.
    func advance(milliseconds: Int64) {
        let due = state.withLock { state in
            state.boot += milliseconds
            let due = state.sleepers.filter { $0.value.due <= state.boot }
            due.keys.forEach { state.sleepers[$0] = nil }
            return due.values.map(\.continuation)
        }
        due.forEach { $0.resume() }
    }

    /// Returns once somebody sleeps.
    func someoneSleeps() async {
        await withCheckedContinuation { continuation in
            let already = state.withLock { state in
                if state.sleepers.isEmpty { state.watchers.append(continuation) }
                return !state.sleepers.isEmpty
            }
            if already { continuation.resume() }
        }
    }

    func sleep(milliseconds: Int64) async throws {
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let (isCancelled, watchers) = state.withLock { state in
                    if state.cancelled.contains(id) { return (true, [CheckedContinuation<Void, Never>]()) }
                    state.sleepers[id] = Sleeper(due: state.boot + milliseconds, continuation: continuation)
                    defer { state.watchers = [] }
                    return (false, state.watchers)
                }
                watchers.forEach { $0.resume() }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                state.cancelled.insert(id)
                return state.sleepers.removeValue(forKey: id)
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }
}
