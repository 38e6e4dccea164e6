import Synchronization
import TradeStationModel

/// A clock that moves only when it is told to.
final class ManualTime: TimeSource {
    private struct State {
        var now: Int64 = 0
        var sleepers: [Int: (until: Int64, wake: CheckedContinuation<Void, any Error>)] = [:]
        var nextID = 0
    }

    let bootID = "boot"
    private let state = Mutex(State())
    private let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)

    func bootMilliseconds() -> Int64 { state.withLock { $0.now } }

    func wallTime() -> Timestamp { Timestamp(milliseconds: 1_790_000_000_000 + bootMilliseconds()) }

    func sleep(milliseconds: Int64) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                guard !Task.isCancelled else { return continuation.resume(throwing: CancellationError()) }
                state.withLock { $0.sleepers[id] = ($0.now + milliseconds, continuation) }
                if Task.isCancelled { cancel(id) }
                arrived.yield()
            }
        } onCancel: {
            cancel(id)
        }
    }

    /// Returns once somebody sleeps.
    func somebodySleeps() async { _ = await arrivals.first { _ in true } }

    func advance(milliseconds: Int64) {
        let due = state.withLock { state in
            state.now += milliseconds
            let due = state.sleepers.filter { $0.value.until <= state.now }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.map(\.wake)
        }
        for sleeper in due { sleeper.resume() }
    }

    private func cancel(_ id: Int) {
        state.withLock { $0.sleepers.removeValue(forKey: id) }?.wake.resume(throwing: CancellationError())
    }
}
