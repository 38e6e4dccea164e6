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
            return .tooManyOpenFiles(path)
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
            // Among them EIO, and what network file systems report: ESTALE, ENOTCONN, ETIMEDOUT, EHOSTDOWN.
            return .deviceFailure(path, "\(path) \(what).", reason: reason)
        }
    }

    /// The file system lacks something that a store needs: file locks, shared memory or reserved space.
    static func unsupportedFileSystem(_ path: String, _ message: String, reason: String) -> AccountsError {
        AccountsError(
            .cannotCreate,
            message,
            reason: "\(FileSystemType.named(at: path).capitalizedFirst) lacks something that a store needs: \(reason)",
            suggestion: "name a directory on a local disk: tsaccounts --store DIR ..."
        )
    }

    /// The disk, or the connection to it, failed.
    static func deviceFailure(_ path: String, _ message: String, reason: String) -> AccountsError {
        AccountsError(
            .storeReadonly,
            message,
            reason: "\(FileSystemType.named(at: path).capitalizedFirst) failed: \(reason)",
            suggestion: "check that file system (df \(path.directoryName.shellQuoted)), or name a directory on a "
                + "local disk: tsaccounts --store DIR ..."
        )
    }

    static func tooManyOpenFiles(_ path: String) -> AccountsError {
        AccountsError(
            .storeBusy,
            "\(path) cannot be opened: too many files are open.",
            reason: "The limit of this process or of the machine is reached.",
            suggestion: "raise the limit (ulimit -n 256), then run the command again"
        )
    }

    /// No free space or quota is left, or the process's limit on file size is reached.
    ///
    /// At that limit the system first sends `SIGXFSZ`, which ends a process that does not ignore it. A library must not
    /// change signal handlers; the store treats such an end as any other killed process.
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
            "\(path) is damaged, or it does not belong to its log \(log).",
            reason: "A backup was copied over it while the log was there, or the disk is faulty. Nothing was written.",
            suggestion: movingAway(path)
        )
    }

    static let damagedProfile = damaged(
        "The profile's row",
        suggestion: "tsaccounts remove NAME, then add it again: tsaccounts add profile NAME ..."
    )

    /// The name in a profile's row is no valid name: the command names the profile as it is shown.
    static func damagedName(_ name: String) -> AccountsError {
        damaged(
            "The profile's row",
            suggestion: "tsaccounts remove -- \(name.printable(limit: 64).shellQuoted), then add the profile again"
        )
    }

    static let damagedKey = damaged(
        "The row of the profile's API key",
        suggestion:
            "tsaccounts remove NAME, remove every other damaged profile of the key as well, then add them again"
    )

    static let damagedClientSecret = damaged(
        "The client secret of the profile's API key",
        suggestion: "tsaccounts set NAME --secret-file FILE"
    )

    static let damagedLogin = damaged("The row of the profile's sign-in", suggestion: "tsaccounts login NAME")

    static let missingLogin = damaged(
        "The row of the profile's sign-in",
        suggestion: "tsaccounts remove NAME, then add it again: tsaccounts add profile NAME ..."
    )

    static let damagedGeneration = damaged(
        "The generation of the profile's sign-in",
        suggestion: "tsaccounts remove NAME, then add it again: tsaccounts add profile NAME ..."
    )

    static let damagedRefreshToken = damaged(
        "The refresh token of the profile's sign-in",
        suggestion: "tsaccounts login NAME"
    )

    static let damagedAudit = damaged(
        "An audit row that the profile depends on",
        suggestion: "tsaccounts audit verify; to repair the profile, tsaccounts remove NAME, then add it again"
    )

    private static func damaged(_ what: String, suggestion: String) -> AccountsError {
        AccountsError(
            .recordTampered,
            "\(what) is damaged.",
            reason: "Another program changed or removed it, or restored an old copy. Nothing was sent or overwritten.",
            suggestion: suggestion
        )
    }

    /// Runs a body that converts a row, and throws `damage` if the row contains a value that no version writes.
    static func describingDamage<Value>(as damage: AccountsError, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as AccountsError where error.code == .recordTampered {
            throw error
        } catch let error as DatabaseError {
            throw error
        } catch {
            throw damage
        }
    }

    static let storeClosed = AccountsError(
        .closed,
        "The store has been closed.",
        suggestion: "open the store again before using it"
    )

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
            guard OpenFiles.canOpen(filesOfDatabase) else { return .tooManyOpenFiles(path) }
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

    // The number of files that SQLite opens: the database, its log, the index of its log, and their directory. It is
    // needed because SQLite does not report that the limit on open files was the cause.
    private static let filesOfDatabase = 4

    private static var fileSizeIsLimited: Bool {
        var limit = rlimit()
        #if canImport(Glibc)
            let result = getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
        #else
            let result = getrlimit(RLIMIT_FSIZE, &limit)
        #endif
        // The value for "no limit" differs between systems, but is at least this one: the maximum size of a file.
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
    /// The text with its first letter in upper case.
    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }

    /// The path without its last component.
    var directoryName: String {
        guard let slash = lastIndex(of: "/") else { return "." }
        return slash == startIndex ? "/" : String(self[..<slash])
    }
}
