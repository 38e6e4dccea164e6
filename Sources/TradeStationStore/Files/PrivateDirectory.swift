import Foundation
import TradeStationModel

/// A directory that only its owner may write to.
struct PrivateDirectory: Sendable {
    let path: String
    var policy = PermissionPolicy.strict

    /// Creates the directory with mode 0700, independent of the umask, or checks an existing one. Its parent directory
    /// must exist.
    func prepare() throws(AccountsError) {
        if try FileStatus.of(path) == nil { try make() }
        try check()
    }

    /// Creates the directory and its missing parents with mode 0700, or checks an existing one.
    func prepareWithParents() throws(AccountsError) {
        try makeIfMissing()
        // The directories of a store may be reached through links, which `PathWalk` checks.
        try PrivateDirectory(path: try PathWalk(to: path, policy: policy).end, policy: policy).check()
    }

    /// What is wrong with the directory itself. A mode that is too permissive is corrected if no other user could have
    /// made use of it.
    ///
    /// - Parameter othersKeptOut: whether a directory above keeps other users out.
    func problem(
        of status: FileStatus,
        othersKeptOut: @autoclosure () throws(AccountsError) -> Bool
    ) throws(AccountsError) -> PermissionProblem? {
        guard !status.isSymbolicLink else { return .symbolicLink(path) }
        guard status.isDirectory else {
            throw AccountsError(
                .cannotCreate,
                "\(path) is not a directory.",
                suggestion: "name another directory with --store DIR or TSACCOUNTS_HOME"
            )
        }
        // If root owns the directory, it is a whole volume that the platform gave to the trusted group.
        if policy.trustsGroup, status.owner == 0 { return nil }
        if let problem = status.foreignOwner(of: path) { return problem }
        guard policy.letsOthersWrite(status) else { return nil }
        if try othersKeptOut() || isEmpty, chmod(path, status.mode & 0o700) == 0 || errno == EROFS { return nil }
        let message = "Other users can write to the directory \(path)."
        // A sticky directory, such as /tmp, is meant for all users.
        guard status.mode & S_ISVTX == 0 else {
            let advice = "name a store in a directory of your own: tsaccounts --store DIR ..."
            return PermissionProblem(message: message, repair: .advice(advice))
        }
        return .tooOpen(path, message, fix: "chmod 700")
    }

    private var isEmpty: Bool { (try? FileManager.default.contentsOfDirectory(atPath: path).isEmpty) ?? false }

    private func check() throws(AccountsError) {
        guard let status = try FileStatus.of(path) else { return }
        let problem = try problem(of: status, othersKeptOut: try PathWalk(to: path, policy: policy).keepsOthersOut)
        if let problem { throw .insecure([problem]) }
    }

    private func makeIfMissing() throws(AccountsError) {
        guard try FileStatus.of(path) == nil else { return }
        try PrivateDirectory(path: path.directoryName).makeIfMissing()
        try make()
    }

    private func make() throws(AccountsError) {
        guard mkdir(path, 0o700) == 0 else {
            if errno == EEXIST { return }
            throw AccountsError.fileFailure(errno, path: path, "cannot be created")
        }
        guard chmod(path, 0o700) == 0 else {
            throw AccountsError.fileFailure(errno, path: path, "cannot be created")
        }
        // Sync the new entry: after a power cut, a database must not exist without the directory of its key.
        if access(path + "/..", R_OK) == 0 { try OpenDirectory(path: path + "/..").synchronize() }
    }
}
