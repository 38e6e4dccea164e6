import Foundation
import GRDB
import TradeStationModel

extension AccountsError {
    /// The error for a failed call of the operating system.
    static func fileFailure(_ number: Int32, path: String, _ what: String) -> AccountsError {
        let reason = String(cString: strerror(number)) + "."
        switch number {
        case ENOSPC, EDQUOT, EFBIG:
            return .full(path, reason: reason)
        case EROFS:
            return .readonly(path, reason: reason)
        case EACCES, EPERM:
            return AccountsError(
                .insecurePermissions,
                "\(path) \(what).",
                reason: reason,
                suggestion: "run the command as the owner, or name another store with --store DIR; to show the owner: "
                    + "ls -ld \(path.directoryName.shellQuoted) \(path.shellQuoted)"
            )
        case EEXIST, ENOENT, ENOTDIR, EISDIR, ENAMETOOLONG:
            return AccountsError(
                .cannotCreate,
                "\(path) \(what).",
                reason: reason,
                suggestion: "name another store: tsaccounts --store DIR ..."
            )
        case EMFILE, ENFILE:
            return OpenFiles.shortage(of: 1, to: "open \(path)")
        case EAGAIN, EINTR, EBUSY, ETXTBSY, ENOMEM, ENOBUFS:
            return AccountsError(
                .storeBusy,
                "\(path) \(what).",
                reason: reason,
                suggestion: "close other programs and run the command again"
            )
        case ENOSYS, ENOLCK, ENOTSUP, EOPNOTSUPP, EINVAL, ENOTTY, EOVERFLOW:
            return .unsupportedFileSystem(path, "\(path) \(what).", reason: reason)
        default:
            // For example EIO, and the errors that network file systems report: ESTALE, ENOTCONN, ETIMEDOUT, EHOSTDOWN.
            return .deviceFailure(path, "\(path) \(what).", reason: reason)
        }
    }

    /// The file system lacks something that a store needs: file locks, shared memory or reserved space.
    static func unsupportedFileSystem(_ path: String, _ message: String, reason: String) -> AccountsError {
        AccountsError(
            .cannotCreate,
            message,
            reason: "\(FileSystemType.named(at: path)) lacks something that a store needs: \(reason)",
            suggestion: "name a directory on a local disk: tsaccounts --store DIR ..."
        )
    }

    /// The disk, or the connection to it, failed.
    static func deviceFailure(_ path: String, _ message: String, reason: String) -> AccountsError {
        AccountsError(
            .storeReadonly,
            message,
            reason: "\(FileSystemType.named(at: path)) failed: \(reason)",
            suggestion: "check that file system (df \(path.directoryName.shellQuoted)), or name a directory on a "
                + "local disk: tsaccounts --store DIR ..."
        )
    }

    /// No free space or quota is left, or the process's limit on file size is reached.
    ///
    /// At that limit the system first sends `SIGXFSZ`, which ends a process that does not ignore it. A library must not
    /// change signal handlers. The store handles such an end like that of any other killed process.
    static func full(_ path: String, reason: String?) -> AccountsError {
        AccountsError(
            .storeFull,
            "There is no space left to save \(path).",
            reason: reason,
            suggestion: "free some space (df -h \(path.directoryName.shellQuoted)) or raise the limit on file size "
                + "(ulimit -f), then run the command again"
        )
    }

    static func readonly(_ path: String, reason: String?) -> AccountsError {
        AccountsError(
            .storeReadonly,
            "\(path) cannot be written.",
            reason: reason,
            suggestion: "make the file system writable, or name another store: tsaccounts --store DIR ..."
        )
    }

    static func corrupt(_ path: String, reason: String) -> AccountsError {
        AccountsError(
            .storeCorrupt,
            "\(path) is not a usable tsaccounts store.",
            reason: reason,
            suggestion: movingAway(path)
        )
    }

    /// The suggestion to move a database and its log away, because a backup must not be used with the log of the
    /// database that it replaces. Nothing is deleted: the log may contain the latest tokens.
    private static func movingAway(_ path: String) -> String {
        let (file, folder) = (path.shellQuoted, (path.directoryName + "/damaged").shellQuoted)
        return "stop all programs that use the store, move the database and its log away, then restore a backup: "
            + "mkdir -m 700 \(folder) && mv \(file)* \(folder)"
    }

    /// The database and its log do not belong together.
    static func foreignLog(_ log: String, of path: String) -> AccountsError {
        AccountsError(
            .storeCorrupt,
            "\(path) is damaged, or the log \(log) belongs to another database.",
            reason: "A backup was copied over the database while the log was still there, or the disk is faulty. "
                + "Nothing was written.",
            suggestion: movingAway(path)
        )
    }

    static let storeClosed = AccountsError(
        .closed,
        "The store has been closed.",
        suggestion: "open the store again before using it"
    )

    /// - Parameter directory: where a store was expected.
    static func storeMissing(_ directory: String) -> AccountsError {
        AccountsError(
            .storeMissing,
            "There is no store at \(directory).",
            reason: "A store is created when the first profile is added.",
            suggestion: "name the right directory (--store DIR, TSACCOUNTS_HOME or HOME), or add a profile: "
                + "tsaccounts add profile main --sim --client-id ID"
        )
    }

    /// Returns the error to show for any error in the store.
    static func shown(_ error: any Error, path: String) -> AccountsError {
        switch error {
        case let error as AccountsError: error
        case let error as DatabaseError: .databaseFailure(error, path: path)
        case is RowDecodingError, is ImpossibleValue: .corrupt(path, reason: "A column contains an impossible value.")
        default:
            AccountsError(
                .internal,
                "The store failed in an unexpected way.",
                reason: "\(type(of: error))",
                suggestion: "report this error, and check the store: tsaccounts audit verify"
            )
        }
    }
}

extension String {
    /// The path without its last component.
    var directoryName: String {
        guard let slash = lastIndex(of: "/") else { return "." }
        return slash == startIndex ? "/" : String(self[..<slash])
    }
}
