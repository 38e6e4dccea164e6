import Foundation
import TradeStationModel

/// A file that is locked with `flock(2)`. The kernel releases the lock when its process ends; the file stays.
struct LockFile: LockPlace {
    let path: String
    var policy = PermissionPolicy.strict

    var advice: String { "look at that process: fuser -v \(path.shellQuoted)" }

    func attempt() throws(AccountsError) -> (any HeldLock)? {
        while true {
            let file = try open()
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

    func wait() throws(AccountsError) -> any HeldLock {
        while true {
            let file = try open()
            while flock(file.descriptor, LOCK_EX) != 0 {
                guard errno == EINTR else {
                    throw AccountsError.fileFailure(errno, path: path, "cannot be locked")
                }
            }
            if try isCurrent(file) { return FileLock(file) }
        }
    }

    func note() -> Int32? {
        guard let file = try? PrivateFile.existing(path: path, flags: O_RDONLY, policy: policy),
            let bytes = try? file.read(limit: 16)
        else { return nil }
        return Int32(String(decoding: bytes, as: UTF8.self).prefix { $0.isNumber })
    }

    private func open() throws(AccountsError) -> PrivateFile {
        try PrivateFile(path: path, flags: O_RDWR | O_CREAT, policy: policy)
    }

    // If the file was deleted while we waited, other processes lock a new file, and our lock excludes none of them.
    private func isCurrent(_ file: PrivateFile) throws(AccountsError) -> Bool {
        let opened = try FileStatus.of(descriptor: file.descriptor, path: path)
        guard let named = try FileStatus.of(path) else { return false }
        return opened.isSameFile(as: named)
    }
}
