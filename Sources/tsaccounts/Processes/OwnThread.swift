import Foundation
import Synchronization

/// A separate thread for blocking work, which must not run on the cooperative thread pool.
enum OwnThread {
    /// Runs a closure on a new thread and waits for its result.
    ///
    /// - Parameter body: The closure. Its parameter is a function that returns true once the task is cancelled; the
    ///   closure must call this function from time to time.
    static func run<Value: Sendable>(
        _ body: @escaping @Sendable (_ isCancelled: () -> Bool) throws -> Value
    ) async throws -> Value {
        let cancelled = Atomic(false)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                Thread.detachNewThread {
                    continuation.resume(with: Result { try body { cancelled.load(ordering: .relaxed) } })
                }
            }
        } onCancel: {
            cancelled.store(true, ordering: .relaxed)
        }
    }
}
