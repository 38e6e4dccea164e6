import Foundation
import GRDB
import TradeStationModel

/// The errors of SQLite.
extension AccountsError {
    /// The error for a failed SQLite call. Its texts contain neither SQL nor arguments.
    static func databaseFailure(_ error: DatabaseError, path: String) -> AccountsError {
        let code = "SQLite result code \(error.extendedResultCode.rawValue)."
        switch error.extendedResultCode {
        case .SQLITE_IOERR_SHMSIZE:
            // The index of the write-ahead log could not grow.
            return .full(path, reason: code)
        case .SQLITE_IOERR_LOCK, .SQLITE_IOERR_UNLOCK, .SQLITE_IOERR_RDLOCK, .SQLITE_IOERR_CHECKRESERVEDLOCK,
            .SQLITE_IOERR_SHMOPEN, .SQLITE_IOERR_SHMMAP, .SQLITE_IOERR_SHMLOCK, .SQLITE_PROTOCOL, .SQLITE_NOLFS:
            return .unsupportedFileSystem(path, "\(path) cannot be locked or shared.", reason: code)
        case .SQLITE_IOERR_NOMEM, .SQLITE_NOMEM:
            return .fileFailure(ENOMEM, path: path, "cannot be used")
        case .SQLITE_IOERR_WRITE where fileSizeIsLimited:
            // SQLite reports no errno for a failed commit: if a limit is set, it is the likely reason.
            return .full(path, reason: "The limit on file size is reached, or the disk is faulty. \(code)")
        default:
            break
        }
        switch error.resultCode {
        case .SQLITE_FULL:
            return .full(path, reason: code)
        case .SQLITE_READONLY:
            return .readonly(path, reason: code)
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return .busy(path)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT:
            return .corrupt(path, reason: "It is damaged or not an SQLite database. \(code)")
        case .SQLITE_PERM, .SQLITE_AUTH:
            return .fileFailure(EACCES, path: path, "cannot be used")
        case .SQLITE_CANTOPEN:
            guard OpenFiles.canOpen(filesOfDatabase) else {
                return OpenFiles.shortage(of: filesOfDatabase, to: "open \(path)")
            }
            let directory = path.directoryName
            guard access(directory, W_OK) == 0 else { return .fileFailure(errno, path: directory, "cannot be written") }
            return AccountsError(
                .cannotCreate,
                "\(path) cannot be opened.",
                reason: code,
                suggestion: "check the directory and its permissions: ls -la \(path.shellQuoted)"
            )
        case .SQLITE_IOERR:
            return .deviceFailure(path, "\(path) cannot be read or written.", reason: code)
        default:
            return AccountsError(
                .internal,
                "The database refused an operation.",
                reason: code,
                suggestion: "report this error with its code, and check the store: tsaccounts audit verify"
            )
        }
    }

    // The number of files that SQLite opens: the database, its log, the index of its log, and their directory. If
    // opening fails, SQLite does not say whether the limit on open files is the cause. This number serves to find out.
    private static let filesOfDatabase = 4

    private static var fileSizeIsLimited: Bool {
        var limit = rlimit()
        #if canImport(Glibc)
            let result = getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
        #else
            let result = getrlimit(RLIMIT_FSIZE, &limit)
        #endif
        // Each system has its own value for "no limit". None is less than the maximum size of a file.
        return result == 0 && limit.rlim_cur < rlim_t(Int64.max)
    }

    static func busy(_ path: String) -> AccountsError {
        if let failure = lockFailure(beside: path) {
            return .unsupportedFileSystem(path, "\(path) cannot be locked.", reason: String(cString: strerror(failure)))
        }
        return AccountsError(
            .storeBusy,
            "Another program kept \(path) busy for 5 seconds.",
            reason: FileSystemType.of(path).flatMap {
                FileSystemType.isNetwork($0) ? "It is on a network file system (\($0)); locks may not work there." : nil
            },
            suggestion: "close the programs that write to this file, then run the command again"
        )
    }

    /// Why no file beside the database can be locked; nil if locks work. SQLite reports `ENOLCK`, for example of NFS
    /// without its lock service, as a busy database.
    private static func lockFailure(beside path: String) -> Int32? {
        // Closing the database itself would release SQLite's locks on it. This file has no locks of that kind.
        let descriptor = open(path.directoryName + "/locks/store.lock", O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var lock = flock()
        lock.l_type = Int16(F_RDLCK)
        lock.l_whence = Int16(SEEK_SET)
        guard fcntl(descriptor, F_SETLK, &lock) != 0 else { return nil }
        let failure = errno
        return [EAGAIN, EACCES, EINTR].contains(failure) ? nil : failure
    }
}
