import Foundation
import TradeStationModel

/// The status of a file, and the checks of its owner, type and permissions.
struct FileStatus: Sendable {
    let mode: mode_t
    let owner: uid_t
    let group: gid_t
    let size: Int64
    let device: UInt64
    let inode: UInt64
    /// When the content last changed, in nanoseconds since 1970.
    let modified: Int64
    /// The number of names (hard links) of the file.
    let links: UInt64

    /// The status of a file; nil if it does not exist. Symbolic links are not followed.
    static func of(_ path: String) throws(AccountsError) -> FileStatus? {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw AccountsError.fileFailure(errno, path: path, "cannot be examined")
        }
        return FileStatus(status)
    }

    /// The status of an open file.
    static func of(descriptor: Int32, path: String) throws(AccountsError) -> FileStatus {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw AccountsError.fileFailure(errno, path: path, "cannot be examined")
        }
        return FileStatus(status)
    }

    init(_ status: stat) {
        mode = status.st_mode
        owner = status.st_uid
        group = status.st_gid
        size = Int64(status.st_size)
        device = UInt64(truncatingIfNeeded: status.st_dev)
        inode = UInt64(status.st_ino)
        links = UInt64(status.st_nlink)
        #if canImport(Darwin)
            let time = status.st_mtimespec
        #else
            let time = status.st_mtim
        #endif
        modified = Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }

    var isDirectory: Bool { mode & S_IFMT == S_IFDIR }
    var isRegular: Bool { mode & S_IFMT == S_IFREG }
    var isSymbolicLink: Bool { mode & S_IFMT == S_IFLNK }

    /// Whether both statuses describe the same file.
    func isSameFile(as other: FileStatus) -> Bool {
        device == other.device && inode == other.inode
    }

    /// Whether this is the same file, and it has not been written since the earlier status.
    func isUnchanged(since earlier: FileStatus) -> Bool {
        isSameFile(as: earlier) && size == earlier.size && modified == earlier.modified
    }

    /// Whether this user or root owns the file. In a user namespace, an owner without an id there counts as root,
    /// because it can be root of the machine.
    var isOwnedByUserOrRoot: Bool { owner == 0 || owner == geteuid() || owner == UserNamespace.unmappedUser }

    /// What is wrong with a file of a store; nil if it is a regular file of this user that other users cannot write.
    ///
    /// - Parameter secret: whether other users must not be able to read it either.
    func problem(of path: String, secret: Bool, policy: PermissionPolicy) -> PermissionProblem? {
        guard !isSymbolicLink else { return .symbolicLink(path) }
        guard isRegular else { return .notRegular(path) }
        if let problem = foreignOwner(of: path) { return problem }
        if secret, policy.letsOthersIn(self) {
            return .tooOpen(path, "Other users can read \(path).", fix: "chmod 600")
        }
        if policy.letsOthersWrite(self) {
            return .tooOpen(path, "Other users can write \(path).", fix: "chmod 600")
        }
        return nil
    }

    /// The problem that the file belongs to another user; nil if it belongs to the user of this process.
    func foreignOwner(of path: String) -> PermissionProblem? {
        guard owner != geteuid() else { return nil }
        return PermissionProblem(
            message: "\(path) belongs to another user.",
            reason: "Its owner has user id \(owner); this process runs as \(geteuid()).",
            repair: .advice("run the command as that user, or name another store: tsaccounts --store DIR ...")
        )
    }
}

extension String {
    /// The target of a symbolic link; nil if the path is none.
    var linkTarget: String? { try? FileManager.default.destinationOfSymbolicLink(atPath: self) }
}
