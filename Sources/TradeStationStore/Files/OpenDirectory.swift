import Foundation
import TradeStationModel

/// An open directory. It is closed when the last reference is released.
final class OpenDirectory: Sendable {
    private let path: String
    private let descriptor: Int32

    /// Opens a directory.
    init(path: String) throws(AccountsError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw AccountsError.fileFailure(errno, path: path, "cannot be opened") }
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Syncs created, renamed and removed entries to disk.
    func synchronize() throws(AccountsError) {
        guard fsync(descriptor) == 0 else {
            throw AccountsError.fileFailure(errno, path: path, "cannot be saved")
        }
    }
}
