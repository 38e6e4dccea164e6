import Foundation
import Synchronization
import TradeStationModel

/// The lock on a ``LockFile`` while it is held.
final class FileLock: HeldLock {
    private let held: Mutex<PrivateFile?>

    init(_ file: PrivateFile) {
        held = Mutex(file)
    }

    func unlock() {
        held.withLock { file in
            // A child process between fork and exec still shares the descriptor: closing alone would not free it.
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
