import Synchronization
import TradeStationOAuth

/// The connections that are opened within one call of ``Session/withStream(_:query:of:_:)``. Ending the scope closes
/// them, regardless of what the task of the call is doing.
final class StreamScope: Sendable {
    private struct WeakConnection {
        weak var connection: HTTPStream?
    }

    private struct State {
        var isOver = false
        var connections: [WeakConnection] = []
    }

    private let state = Mutex(State())

    /// Adds a connection. If the scope has ended, the connection is closed at once.
    func add(_ connection: HTTPStream) {
        let isOver = state.withLock { state in
            state.connections.removeAll { $0.connection == nil }
            if !state.isOver { state.connections.append(WeakConnection(connection: connection)) }
            return state.isOver
        }
        if isOver { connection.cancel() }
    }

    /// Closes all connections, and those that are added later.
    func end() {
        let connections = state.withLock { state in
            state.isOver = true
            defer { state.connections = [] }
            return state.connections
        }
        for one in connections { one.connection?.cancel() }
    }
}
