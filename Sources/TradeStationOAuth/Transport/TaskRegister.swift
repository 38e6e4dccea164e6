import Synchronization

/// Tasks that end together, when what they work for is closed. One that ends by itself is forgotten.
public final class TaskRegister: Sendable {
    private struct Entry {
        let cancel: @Sendable () -> Void
        let end: @Sendable () async -> Void
    }

    private struct State {
        var isClosed = false
        var nextID = 0
        var entries: [Int: Entry] = [:]
    }

    private let state = Mutex(State())

    /// A register without tasks.
    public init() {}

    /// Whether no task may begin any more.
    public var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Starts a task; nil once it is closed.
    public func start<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value
    ) -> Task<Value, any Error>? {
        state.withLock { state in
            guard !state.isClosed else { return nil }
            let id = state.nextID
            state.nextID += 1
            let task = Task {
                defer { forget(id) }
                return try await work()
            }
            state.entries[id] = Entry(cancel: { task.cancel() }, end: { _ = await task.result })
            return task
        }
    }

    /// Cancels every task and lets no other begin.
    public func close() {
        let entries = state.withLock { state in
            state.isClosed = true
            return state.entries.values
        }
        for entry in entries { entry.cancel() }
    }

    /// Returns when every task that was started by now has ended.
    public func ended() async {
        for entry in state.withLock({ $0.entries.values }) { await entry.end() }
    }

    private func forget(_ id: Int) {
        state.withLock { $0.entries[id] = nil }
    }
}
