import Foundation
import Synchronization
import TradeStationModel

/// One wait for a lock that somebody else holds. A thread of its own blocks; whoever waits may leave at any time,
/// and then the thread gives the lock straight back when it comes.
final class LockWaiter: Sendable {
    private enum State: Sendable {
        case idle
        case waiting(@Sendable (Result<any HeldLock, any Error>) -> Void)
        case settled(Result<any HeldLock, any Error>)
        case over
    }

    private let state = Mutex(State.idle)

    /// Starts waiting.
    init(at place: any LockPlace) {
        Thread.detachNewThread { [self] in
            let result = Result<any HeldLock, any Error> { try place.wait() }
            if !settle(result), case .success(let lock) = result { lock.unlock() }
        }
    }

    /// Ends the wait with an error, unless it is over already.
    func leave(_ error: any Error) {
        _ = settle(.failure(error))
    }

    /// The lock, or why there is none.
    func lock() async throws -> any HeldLock {
        try await withCheckedThrowingContinuation { continuation in
            listen { continuation.resume(with: $0) }
        }
    }

    /// The lock, or nil after `milliseconds`. Holds its thread.
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
            guard case .settled(let result) = state else {
                state = .waiting(listener)
                return nil
            }
            state = .over
            return result
        }
        if let early { listener(early) }
    }

    private func settle(_ result: Result<any HeldLock, any Error>) -> Bool {
        let (isFirst, listener) = state.withLock { state in
            switch state {
            case .idle:
                state = .settled(result)
                return (true, nil as (@Sendable (Result<any HeldLock, any Error>) -> Void)?)
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
