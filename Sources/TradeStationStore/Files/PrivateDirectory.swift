import Foundation
import TradeStationModel

/// A directory that only its owner may write.
struct PrivateDirectory: Sendable {
    let path: String

    /// Makes it, with missing parents, mode 0700 whatever the umask; checks it where it exists.
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
                suggestion: "another directory, with --store DIR or TSACCOUNTS_HOME"
            )
        }
        try status.requireOurs(path)
        if status.mode & 0o022 != 0 {
            throw .tooOpen(path, "Others can write the directory \(path).", fix: "chmod 700")
        }
        try checkParent()
    }

    /// Makes entries that were created, renamed or removed in it durable.
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
        // After a power cut a database must not be there without the directory of its key.
        if access(path + "/..", R_OK) == 0 { try synchronize(path + "/..") }
    }

    // Whoever can write the directory above could put another directory in our place, unless it is sticky.
    private func checkParent() throws(AccountsError) {
        let parent = path + "/.."
        var status = stat()
        guard stat(parent, &status) == 0 else {
            throw AccountsError.fileFailure(errno, path: parent, "cannot be examined")
        }
        if status.st_mode & 0o022 != 0, status.st_mode & S_ISVTX == 0 {
            throw .tooOpen(
                parent,
                "Others can replace \(path): they can write the directory above it.",
                fix: "chmod go-w"
            )
        }
        guard status.st_uid == 0 || status.st_uid == geteuid() || status.st_mode & S_ISVTX != 0 else {
            throw AccountsError(
                .insecurePermissions,
                "User \(status.st_uid) can replace \(path): the directory above it is theirs.",
                suggestion: "a store below a directory of your own, with --store DIR"
            )
        }
    }

    private var parent: String? {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return nil }
        return String(path[..<slash])
    }
}
