import Foundation
import TradeStationModel

/// Checks the owners, types and modes of a store's files, of its directories, and of all directories above them.
///
/// If a file of this user has a mode that is too permissive, the mode is corrected, provided that no other user could
/// have made use of it. All other problems are reported in one error that names all repairs.
struct StoreReview {
    private let files: StoreFiles
    private var problems: [PermissionProblem] = []

    init(of files: StoreFiles) {
        self.files = files
    }

    /// Checks everything that exists. It opens no file: closing a second descriptor of a database would release
    /// SQLite's locks on it (POSIX advisory locks).
    ///
    /// - Throws: `insecure_permissions`, `cannot_create`.
    mutating func run() throws(AccountsError) {
        let location = files.location
        let othersKeptOutOfData = try review(top: location.dataDirectory)
        let othersKeptOutOfConfig =
            location.configDirectory == location.dataDirectory
            ? othersKeptOutOfData : try review(top: location.configDirectory)
        for path in [files.database] + StoreFiles.auxiliaryFiles(of: files.database) {
            try review(file: path, isSecret: false, othersKeptOut: othersKeptOutOfData)
        }
        try review(file: files.key, isSecret: true, othersKeptOut: othersKeptOutOfConfig)
        for directory in [files.locks, files.pending] {
            let othersKeptOut = try review(directory: directory, othersKeptOut: othersKeptOutOfData)
            // Each of these files is checked when it is opened. So they are checked here only if an error is thrown
            // anyway, because that error must list all repairs.
            for name in problems.isEmpty ? [] : names(in: directory) {
                try review(file: directory + "/" + name, isSecret: false, othersKeptOut: othersKeptOut)
            }
        }
        if !problems.isEmpty { throw .insecure(problems) }
    }

    /// Checks a directory of the store and all directories above it.
    ///
    /// - Returns: whether other users are kept out of the directory.
    private mutating func review(top path: String) throws(AccountsError) -> Bool {
        let walk = try PathWalk(to: path, policy: files.policy)
        problems += walk.problems.filter { !problems.contains($0) }
        return try review(directory: walk.end, othersKeptOut: walk.keepsOthersOut)
    }

    /// Checks a directory of the store itself.
    ///
    /// - Parameter othersKeptOut: whether a directory above keeps other users out.
    /// - Returns: whether other users are kept out of the directory.
    private mutating func review(directory path: String, othersKeptOut: Bool) throws(AccountsError) -> Bool {
        guard let status = try FileStatus.of(path) else { return othersKeptOut }
        let directory = PrivateDirectory(path: path, policy: files.policy)
        if let problem = try directory.problem(of: status, othersKeptOut: othersKeptOut) { problems.append(problem) }
        return othersKeptOut || files.policy.keepsOthersOut(status)
    }

    private mutating func review(file path: String, isSecret: Bool, othersKeptOut: Bool) throws(AccountsError) {
        guard let status = try FileStatus.of(path),
            let problem = status.problem(of: path, secret: isSecret, policy: files.policy)
        else { return }
        // Nobody else can reach the file, so it does no harm if the mode cannot be changed on a read-only disk.
        if othersKeptOut, status.isRegular, status.owner == geteuid() {
            chmod(path, status.mode & 0o700)
        } else {
            problems.append(problem)
        }
    }

    private func names(in directory: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: directory))?.sorted() ?? []
    }
}
