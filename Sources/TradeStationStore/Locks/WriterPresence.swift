import Foundation
import TradeStationModel

/// The shared lock of every process that has the database open for writing. While no process holds it, a write-ahead log
/// that is not empty was left by a process that did not end cleanly.
struct WriterPresence: Sendable {
    private let file: PrivateFile
    /// Whether no other process had the database open for writing when this lock was taken.
    let isAlone: Bool

    /// Takes the lock. The caller holds the store lock, so that processes do this one after the other.
    init(path: String, policy: PermissionPolicy) throws(AccountsError) {
        file = try PrivateFile(path: path, flags: O_RDWR | O_CREAT, policy: policy)
        isAlone = flock(file.descriptor, LOCK_EX | LOCK_NB) == 0
        while flock(file.descriptor, LOCK_SH | LOCK_NB) != 0 {
            guard errno == EINTR else { throw AccountsError.fileFailure(errno, path: path, "cannot be locked") }
        }
    }
}
