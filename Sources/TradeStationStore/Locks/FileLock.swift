import Foundation
import Synchronization
import TradeStationModel

/// An exclusive `flock(2)` on a file of its own. The kernel frees it when the process dies; the file stays.
final class FileLock: LoginLock, Sendable {
    private let held: Mutex<PrivateFile?>

    private init(_ file: PrivateFile) {
        held = Mutex(file)
    }

    func unlock() {
        held.withLock { file in
            // A child process between fork and exec still shares the descriptor: closing alone would not free it.
            if let file { _ = flock(file.descriptor, LOCK_UN) }
            file = nil
        }
    }

    /// The lock, or nil when somebody else has it. Does not wait.
    static func attempt(_ path: String) throws(AccountsError) -> FileLock? {
        while true {
            let file = try PrivateFile(path: path, flags: O_RDWR | O_CREAT)
            if flock(file.descriptor, LOCK_EX | LOCK_NB) != 0 {
                if errno == EINTR { continue }
                guard errno == EWOULDBLOCK else {
                    throw AccountsError.fileFailure(errno, path: path, "cannot be locked")
                }
                return nil
            }
            if try isCurrent(file) { return FileLock(file) }
        }
    }

    /// The lock, however long that takes. Holds its thread.
    static func wait(_ path: String) throws(AccountsError) -> FileLock {
        while true {
            let file = try PrivateFile(path: path, flags: O_RDWR | O_CREAT)
            while flock(file.descriptor, LOCK_EX) != 0 {
                guard errno == EINTR else {
                    throw AccountsError.fileFailure(errno, path: path, "cannot be locked")
                }
            }
            if try isCurrent(file) { return FileLock(file) }
        }
    }

    /// Leaves the process id in the file, for people who wonder who has the lock. Nothing is decided by it.
    func leaveNote(pid: Int32) {
        held.withLock { file in
            guard let file, ftruncate(file.descriptor, 0) == 0 else { return }
            try? file.write(Array("\(pid)\n".utf8))
        }
    }

    /// The process id that the holder left in the file.
    static func note(in path: String) -> Int32? {
        guard let file = try? PrivateFile.existing(path: path, flags: O_RDONLY), let bytes = try? file.read(limit: 16)
        else { return nil }
        return Int32(String(decoding: bytes, as: UTF8.self).prefix { $0.isNumber })
    }

    // Somebody may have deleted the file while we waited; then the lock we got locks nobody out.
    private static func isCurrent(_ file: PrivateFile) throws(AccountsError) -> Bool {
        let opened = try FileStatus.of(descriptor: file.descriptor, path: file.path)
        guard let named = try FileStatus.of(file.path) else { return false }
        return opened.isSameFile(as: named)
    }
}
