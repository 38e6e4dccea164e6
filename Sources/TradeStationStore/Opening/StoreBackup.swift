import Foundation
import GRDB
import TradeStationModel

/// A copy of a store in a new directory: the database and its key. It appears under its name when it is complete.
struct StoreBackup {
    let files: StoreFiles
    /// The path of the directory to create.
    let directory: String

    /// Copies a consistent state of the database, also while other processes write.
    ///
    /// - Throws: `cannot_create` if the directory exists; the errors of writing a file.
    func write(_ source: Database) throws {
        guard try FileStatus.of(directory) == nil else { throw exists }
        let incomplete = try makeIncomplete()
        do {
            try copyDatabase(source, to: incomplete + "/accounts.db")
            try copyKey(to: incomplete + "/key")
            try OpenDirectory(path: incomplete).synchronize()
            guard try FileStatus.of(directory) == nil else { throw exists }
            guard rename(incomplete, directory) == 0 else {
                throw errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR
                    ? exists : AccountsError.fileFailure(errno, path: directory, "cannot be created")
            }
        } catch {
            try? FileManager.default.removeItem(atPath: incomplete)
            throw error
        }
        try OpenDirectory(path: directory.directoryName).synchronize()
    }

    private var exists: AccountsError {
        AccountsError(
            .cannotCreate,
            "\(directory) already exists.",
            reason: "A backup never overwrites anything.",
            suggestion: "name a directory that does not exist yet"
        )
    }

    /// Creates the directory under another name, with mode 0700.
    private func makeIncomplete() throws(AccountsError) -> String {
        var template = Array((directory + ".XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            guard [ENOENT, ENOTDIR, EACCES, EROFS, ENAMETOOLONG].contains(errno) else {
                throw AccountsError.fileFailure(errno, path: directory, "cannot be created")
            }
            throw AccountsError(
                .cannotCreate,
                "\(directory) cannot be created.",
                reason: String(cString: strerror(errno)),
                suggestion: "name a new directory in one that you can write to"
            )
        }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private func copyDatabase(_ source: Database, to path: String) throws {
        // The file is created here, because SQLite would apply the umask.
        let file = try PrivateFile(path: path, flags: O_RDWR | O_CREAT)
        do {
            let copy = try DatabaseQueue(path: path)
            try copy.writeWithoutTransaction { copy in
                try source.backup(to: copy)
                if let defect = try StructureCheck.quick.firstDefect(in: copy) {
                    throw AccountsError.corrupt(files.database, reason: "Its copy is damaged: \(defect)")
                }
            }
            try copy.close()
        } catch {
            throw AccountsError.shown(error, path: directory)
        }
        try file.synchronize()
    }

    private func copyKey(to path: String) throws(AccountsError) {
        let key = try PrivateFile(path: files.key, flags: O_RDONLY, secret: true, policy: files.policy)
        let copy = try PrivateFile(path: path, flags: O_RDWR | O_CREAT, secret: true)
        try copy.write(try key.read(limit: Self.longestKey))
        try copy.synchronize()
    }

    /// More than the size of any key file, in bytes.
    private static let longestKey = 4096
}
