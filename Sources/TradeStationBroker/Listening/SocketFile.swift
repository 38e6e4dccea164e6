import Foundation
import TradeStationModel

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A Unix socket in the file system: only this user may connect, and at most one process listens on it.
///
/// A lock file beside the socket shows whether its process lives. The kernel releases the lock when the process dies, so
/// the socket of a dead process can be replaced at once.
struct SocketFile: Sendable {
    /// The path of the socket.
    let path: String
    /// The bound and listening socket.
    let descriptor: Int32
    private let lock: Int32
    private let identity: FileIdentity?

    /// Binds a socket. Blocks for a moment.
    ///
    /// - Throws: ``AccountsError`` `usage` if the path is too long; `cannot_create`, also when another process listens
    ///   there; `insecure_permissions`.
    static func bind(_ path: String) throws(AccountsError) -> SocketFile {
        guard path.hasPrefix("/"), !path.utf8.contains(0) else {
            throw AccountsError(
                .usage,
                "\(path.printable(limit: 200)) is not an absolute path.",
                suggestion: "Begin the path of the socket with a slash."
            )
        }
        guard path.utf8.count < UnixAddress.capacity else {
            throw AccountsError(
                .usage,
                "The path of the socket is too long: \(path.printable(limit: 200))",
                reason: "It has \(path.utf8.count) bytes; the system allows \(UnixAddress.capacity - 1).",
                suggestion: "tsaccounts serve --socket SHORTER-PATH"
            )
        }
        try SocketDirectory(of: path).prepare()
        let lock = try takeLock(path)
        do throws(AccountsError) {
            try removeStale(path)
            let descriptor = try listen(path)
            return SocketFile(path: path, descriptor: descriptor, lock: lock, identity: FileIdentity(path))
        } catch {
            close(lock)
            throw error
        }
    }

    /// Removes the socket, unless another one is at its path by now, and releases the lock. The descriptor is left to
    /// its owner.
    func remove() {
        if let identity, identity == FileIdentity(path) { unlink(path) }
        close(lock)
    }

    // MARK: Steps

    private static func takeLock(_ path: String) throws(AccountsError) -> Int32 {
        let lock = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0 else { throw .cannotListen(path, errno) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            close(lock)
            throw .alreadyListening(path, UnixAddress.listener(at: path))
        }
        return lock
    }

    /// Removes a socket that nobody listens on.
    private static func removeStale(_ path: String) throws(AccountsError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw AccountsError(
                .cannotCreate,
                "\(path) is not a socket.",
                reason: "A file is in the place of the socket, and it is not replaced.",
                suggestion: "tsaccounts serve --socket OTHER-PATH"
            )
        }
        // A program that listens without the lock, for example a socket that systemd holds.
        if UnixAddress.isAnswered(path) { throw .alreadyListening(path, UnixAddress.listener(at: path)) }
        guard unlink(path) == 0 || errno == ENOENT else { throw .cannotListen(path, errno) }
    }

    private static func listen(_ path: String) throws(AccountsError) -> Int32 {
        let descriptor = UnixAddress.makeSocket()
        guard descriptor >= 0 else { throw .cannotListen(path, errno) }
        // On Linux the mode of a socket becomes that of its file, so that it is never open to others.
        _ = fchmod(descriptor, 0o600)
        guard UnixAddress.bind(descriptor, to: path), chmod(path, 0o600) == 0, Self.startListening(descriptor) else {
            let code = errno
            close(descriptor)
            throw .cannotListen(path, code)
        }
        return descriptor
    }

    private static func startListening(_ descriptor: Int32) -> Bool {
        #if canImport(Glibc)
            Glibc.listen(descriptor, 1024) == 0
        #else
            Darwin.listen(descriptor, 1024) == 0
        #endif
    }
}

/// Which file a path names.
private struct FileIdentity: Equatable {
    let device: UInt64
    let file: UInt64

    init?(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        device = UInt64(truncatingIfNeeded: status.st_dev)
        file = UInt64(status.st_ino)
    }
}

extension AccountsError {
    fileprivate static func cannotListen(_ path: String, _ code: Int32) -> AccountsError {
        AccountsError(
            .cannotCreate,
            "The socket \(path.printable(limit: 200)) could not be created.",
            reason: String(cString: strerror(code)) + ".",
            suggestion: "tsaccounts serve --socket OTHER-PATH"
        )
    }

    fileprivate static func alreadyListening(_ path: String, _ listener: ConnectedClient?) -> AccountsError {
        let who = listener?.processID.map { pid in
            "Process \(pid)" + (listener?.program.map { " (\($0.printable(limit: 60)))" } ?? "")
        }
        return AccountsError(
            .cannotCreate,
            "Another process listens on the socket \(path.printable(limit: 200)).",
            reason: who.map { "\($0) listens there." },
            suggestion: "tsaccounts serve --socket OTHER-PATH"
        )
    }
}
