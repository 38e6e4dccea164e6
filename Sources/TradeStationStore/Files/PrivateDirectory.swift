import Foundation
import TradeStationModel

/// A directory that only its owner may write to.
struct PrivateDirectory: Sendable {
    let path: String

    /// Creates the directory and its missing parents with mode 0700, independent of the umask, or checks an existing one.
    func prepare() throws(AccountsError) {
        if try FileStatus.of(path) == nil { try make() }
        try checkIfPresent()
    }

    /// - Throws: `insecure_permissions`.
    func checkIfPresent() throws(AccountsError) {
        guard let status = try FileStatus.of(path) else { return }
        guard !status.isSymbolicLink else { throw .symbolicLink(path) }
        guard status.isDirectory else {
            throw AccountsError(
                .cannotCreate,
                "\(path) is not a directory.",
                suggestion: "name another directory with --store DIR or TSACCOUNTS_HOME"
            )
        }
        try status.requireOurs(path)
        if status.mode & 0o022 != 0 {
            throw .tooOpen(path, "Other users can write to the directory \(path).", fix: "chmod 700")
        }
        try checkParent()
    }

    /// Syncs created, renamed and removed entries to disk.
    func synchronize() throws(AccountsError) {
        try synchronize(path)
    }

    private func synchronize(_ path: String) throws(AccountsError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw AccountsError.fileFailure(errno, path: path, "cannot be opened") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw AccountsError.fileFailure(errno, path: path, "cannot be saved")
        }
    }

    private func make() throws(AccountsError) {
        if let parent, try FileStatus.of(parent) == nil {
            try PrivateDirectory(path: parent).make()
        }
        guard mkdir(path, 0o700) == 0 else {
            if errno == EEXIST { return }
            throw AccountsError.fileFailure(errno, path: path, "cannot be created")
        }
        guard chmod(path, 0o700) == 0 else {
            throw AccountsError.fileFailure(errno, path: path, "cannot be created")
        }
        // After a power cut, a database must not exist without the directory of its key.
        if access(path + "/..", R_OK) == 0 { try synchronize(path + "/..") }
    }

    // A user who can write to the parent directory could replace this one, unless the parent is sticky.
    private func checkParent() throws(AccountsError) {
        let parent = path + "/.."
        var status = stat()
        guard stat(parent, &status) == 0 else {
            throw AccountsError.fileFailure(errno, path: parent, "cannot be examined")
        }
        if status.st_mode & 0o022 != 0, status.st_mode & S_ISVTX == 0 {
            throw .tooOpen(
                parent,
                "Other users can replace \(path): they can write to its parent directory.",
                fix: "chmod go-w"
            )
        }
        guard status.st_uid == 0 || status.st_uid == geteuid() || status.st_mode & S_ISVTX != 0 else {
            throw AccountsError(
                .insecurePermissions,
                "User \(status.st_uid) can replace \(path) as the owner of its parent directory.",
                suggestion: "use a store in a directory of your own: tsaccounts --store DIR ..."
            )
        }
    }

    private var parent: String? {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return nil }
        return String(path[..<slash])
    }
}
