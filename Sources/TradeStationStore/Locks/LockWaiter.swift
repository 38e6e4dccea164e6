import Foundation
import Synchronization
import TradeStationModel

/// One wait for a lock that somebody else holds. A thread of its own blocks in `flock`; whoever waits may leave at
/// any time, and then the thread gives the lock straight back when it comes.
final class LockWaiter: Sendable {
    private enum State: Sendable {
        case idle
        case waiting(@Sendable (Result<FileLock, any Error>) -> Void)
        case settled(Result<FileLock, any Error>)
        case over
    }

    private let state = Mutex(State.idle)

    /// Starts waiting.
    init(path: String) {
        Thread.detachNewThread { [self] in
            let result = Result<FileLock, any Error> { try FileLock.wait(path) }
            if !settle(result), case .success(let lock) = result { lock.unlock() }
        }
    }

    /// Ends the wait with an error, unless it is over already.
    func leave(_ error: any Error) {
        _ = settle(.failure(error))
    }

    /// The lock, or why there is none.
    func lock() async throws -> FileLock {
        try await withCheckedThrowingContinuation { continuation in
            listen { continuation.resume(with: $0) }
        }
    }

    /// The lock, or nil after `milliseconds`. Holds its thread.
    func lock(withinMilliseconds milliseconds: Int) throws -> FileLock? {
        let arrived = DispatchSemaphore(value: 0)
        let outcome = Mutex<Result<FileLock, any Error>?>(nil)
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

    private func listen(_ listener: @escaping @Sendable (Result<FileLock, any Error>) -> Void) {
        let early = state.withLock { state -> Result<FileLock, any Error>? in
            guard case .settled(let result) = state else {
                state = .waiting(listener)
                return nil
            }
            state = .over
            return result
        }
        if let early { listener(early) }
    }

    private func settle(_ result: Result<FileLock, any Error>) -> Bool {
        let (isFirst, listener) = state.withLock { state in
            switch state {
            case .idle:
                state = .settled(result)
                return (true, nil as (@Sendable (Result<FileLock, any Error>) -> Void)?)
            case .waiting(let listener):
                state = .over
                return (true, listener)
            case .settled, .over:
                return (false, nil)
            }
        }
        listener?(result)
        return isFirst
    }
}
