import Foundation
import Synchronization
import TradeStationModel

/// One wait for a lock that another holder has. It blocks only a thread of its own. The caller may stop waiting at any
/// time; that thread then releases the lock as soon as it acquires it.
final class LockWaiter: Sendable {
    private enum State: Sendable {
        case idle
        case waiting(@Sendable (Result<any HeldLock, any Error>) -> Void)
        case ended(Result<any HeldLock, any Error>)
        case delivered
    }

    private let state = Mutex(State.idle)

    /// Starts waiting.
    init(at place: any LockPlace) {
        Thread.detachNewThread { [self] in
            let result = Result<any HeldLock, any Error> { try place.wait() }
            if !end(result), case .success(let lock) = result { lock.unlock() }
        }
    }

    /// Ends the wait with an error, unless it has already ended.
    func leave(_ error: any Error) {
        _ = end(.failure(error))
    }

    /// Returns the lock, or throws the error with which the wait ended.
    func lock() async throws -> any HeldLock {
        try await withCheckedThrowingContinuation { continuation in
            listen { continuation.resume(with: $0) }
        }
    }

    /// Returns the lock, or nil after `milliseconds`. Blocks the calling thread.
    func lock(withinMilliseconds milliseconds: Int) throws -> (any HeldLock)? {
        let arrived = DispatchSemaphore(value: 0)
        let outcome = Mutex<Result<any HeldLock, any Error>?>(nil)
        listen { result in
            outcome.withLock { $0 = result }
            arrived.signal()
        }
        if arrived.wait(timeout: .now() + .milliseconds(milliseconds)) == .timedOut {
            leave(CancellationError())
            arrived.wait()
        }
        do {
            return try outcome.withLock { $0 }?.get()
        } catch is CancellationError {
            return nil
        }
    }

    private func listen(_ listener: @escaping @Sendable (Result<any HeldLock, any Error>) -> Void) {
        let early = state.withLock { state -> Result<any HeldLock, any Error>? in
            guard case .ended(let result) = state else {
                state = .waiting(listener)
                return nil
            }
            state = .delivered
            return result
        }
        if let early { listener(early) }
    }

    private func end(_ result: Result<any HeldLock, any Error>) -> Bool {
        let (isFirst, listener) = state.withLock { state in
            switch state {
            case .idle:
                state = .ended(result)
                return (true, nil as (@Sendable (Result<any HeldLock, any Error>) -> Void)?)
            case .waiting(let listener):
                state = .delivered
                return (true, listener)
            case .ended, .delivered:
                return (false, nil)
            }
        }
        listener?(result)
        return isFirst
    }
}
