import TradeStationModel
import TradeStationOAuth

/// What closing a manager ends, in the words of its callers.
extension TaskRegister {
    /// Does something that closing ends.
    ///
    /// - Throws: ``AccountsError`` `closed`; `CancellationError` when the caller is cancelled; what `work` throws.
    func run<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        guard let task = start(work) else { throw AccountsError.closed }
        do {
            return try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                task.cancel()
            }
        } catch let error as CancellationError {
            try Task.checkCancellation()
            throw isClosed ? AccountsError.closed : error
        }
    }
}
