import Foundation
import Synchronization

/// A thread for work that blocks, which must not happen on the threads that tasks share.
enum OwnThread {
    /// Runs a body there and waits for it.
    ///
    /// - Parameter body: is told whether its task has been cancelled, and has to look.
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
