import Synchronization
import TradeStationModel

/// The pauses of streams that wait to be opened again. Closing ends them all.
final class StreamPauses: Sendable {
    private struct State {
        var isClosed = false
        var nextID = 0
        var pauses: [Int: Task<Void, any Error>] = [:]
    }

    private let clock: any TimeSource
    private let state = Mutex(State())

    init(clock: any TimeSource) {
        self.clock = clock
    }

    /// Waits.
    ///
    /// - Throws: `CancellationError`; ``AccountsError`` `closed`.
    func wait(milliseconds: Int64) async throws {
        let started: (id: Int, pause: Task<Void, any Error>)? = state.withLock { state in
            guard !state.isClosed else { return nil }
            let pause = Task { [clock] in try await clock.sleep(milliseconds: milliseconds) }
            state.nextID += 1
            state.pauses[state.nextID] = pause
            return (state.nextID, pause)
        }
        guard let (id, pause) = started else { throw AccountsError.closed }
        defer { state.withLock { $0.pauses[id] = nil } }
        do {
            try await withTaskCancellationHandler {
                try await pause.value
            } onCancel: {
                pause.cancel()
            }
        } catch {
            try Task.checkCancellation()
            throw AccountsError.closed
        }
    }

    func close() {
        let pauses = state.withLock { state in
            state.isClosed = true
            return state.pauses.values
        }
        for pause in pauses { pause.cancel() }
    }
}
