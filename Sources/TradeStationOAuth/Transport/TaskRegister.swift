import Synchronization

/// Tasks that are cancelled together when their owner closes. A finished task is removed.
package final class TaskRegister: Sendable {
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

    /// Creates a register without tasks.
    package init() {}

    /// Whether ``close()`` was called. A closed register starts no more tasks.
    package var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Starts a task; returns nil if the register is closed.
    package func start<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value
    ) -> Task<Value, any Error>? {
        state.withLock { state in
            guard !state.isClosed else { return nil }
            let id = state.nextID
            state.nextID += 1
            let task = Task {
                defer { remove(id) }
                return try await work()
            }
            state.entries[id] = Entry(cancel: { task.cancel() }, end: { _ = await task.result })
            return task
        }
    }

    /// Cancels every task and prevents new ones from starting.
    package func close() {
        let entries = state.withLock { state in
            state.isClosed = true
            return state.entries.values
        }
        for entry in entries { entry.cancel() }
    }

    /// Waits until every task that has been started so far has ended.
    package func waitForTasks() async {
        for entry in state.withLock({ $0.entries.values }) { await entry.end() }
    }

    private func remove(_ id: Int) {
        state.withLock { $0.entries[id] = nil }
    }
}
