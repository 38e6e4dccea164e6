import Dispatch
import Synchronization
import TradeStationModel

/// A lock between stores that share a ``MemoryStore``.
final class MemoryLock: LockPlace {
    // Created with 0 and signalled in `init`: Dispatch traps if a semaphore is released below its initial value.
    private let semaphore = DispatchSemaphore(value: 0)
    private let holder = Mutex<Int32?>(nil)

    init() { semaphore.signal() }

    var advice: String { "find out what that program does with the sign-in" }

    func attempt() -> (any HeldLock)? {
        semaphore.wait(timeout: .now()) == .success ? Held(lock: self) : nil
    }

    func wait() -> any HeldLock {
        semaphore.wait()
        return Held(lock: self)
    }

    func note() -> Int32? { holder.withLock { $0 } }

    private final class Held: HeldLock {
        private let lock: Mutex<MemoryLock?>

        init(lock: MemoryLock) { self.lock = Mutex(lock) }

        deinit { unlock() }

        func unlock() {
            let held = lock.withLock { lock in
                defer { lock = nil }
                return lock
            }
            held?.semaphore.signal()
        }

        func leaveNote(pid: Int32) {
            lock.withLock { $0 }?.holder.withLock { $0 = pid }
        }
    }
}
