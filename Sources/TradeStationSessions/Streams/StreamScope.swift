import Synchronization
import TradeStationOAuth

/// The connections of the streams that are read in a scope: they end with it, whatever its task is doing.
final class StreamScope: Sendable {
    private struct Held {
        weak var connection: HTTPStream?
    }

    private struct State {
        var isOver = false
        var held: [Held] = []
    }

    private let state = Mutex(State())

    /// Takes a connection in; once the scope is over, it ends at once.
    func add(_ connection: HTTPStream) {
        let isOver = state.withLock { state in
            state.held.removeAll { $0.connection == nil }
            if !state.isOver { state.held.append(Held(connection: connection)) }
            return state.isOver
        }
        if isOver { connection.cancel() }
    }

    /// Ends all connections.
    func end() {
        let held = state.withLock { state in
            state.isOver = true
            defer { state.held = [] }
            return state.held
        }
        for one in held { one.connection?.cancel() }
    }
}
