import Foundation
import Synchronization
import TradeStationModel

/// A held lock on a ``LockFile``.
final class FileLock: HeldLock {
    private let held: Mutex<PrivateFile?>

    init(_ file: PrivateFile) {
        held = Mutex(file)
    }

    func unlock() {
        held.withLock { file in
            // Closing alone would not release the lock: a child process between fork and exec shares the descriptor.
            if let file { _ = flock(file.descriptor, LOCK_UN) }
            file = nil
        }
    }

    func leaveNote(pid: Int32) {
        held.withLock { file in
            guard let file, ftruncate(file.descriptor, 0) == 0 else { return }
            try? file.write(Array("\(pid)\n".utf8))
        }
    }
}
