import TradeStationModel
import TradeStationOAuth

extension TaskRegister {
    /// Runs work that is cancelled when the register is closed.
    ///
    /// - Throws: ``AccountsError`` `closed` once the register is closed; `CancellationError` when the caller is
    ///   cancelled; the errors of `work`.
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
