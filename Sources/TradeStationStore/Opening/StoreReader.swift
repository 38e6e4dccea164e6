import Foundation
import GRDB
import TradeStationModel

/// A connection that only reads a database.
///
/// SQLite needs two small files beside the database even for reading. On a full or read-only disk they cannot be made;
/// then the database is read without them.
struct StoreReader: Sendable {
    let queue: DatabaseQueue
    /// The status of the file that was opened.
    let file: FileStatus
    /// Whether the file is read as it was when it was opened: without locks, and without noticing later writes.
    let isFrozen: Bool

    /// Opens the database of a store; nil if there is none.
    ///
    /// - Parameter logs: the files beside it that may contain newer data.
    init?(path: String, logs: [String]) throws {
        guard let file = try FileStatus.of(path) else { return nil }
        self.file = file
        do {
            queue = try DatabaseQueue(path: path, configuration: Self.configuration)
            isFrozen = false
        } catch let error as DatabaseError where Self.mayNeedWriting(error) {
            let hasLog = try Self.hasLog(logs)
            // If there is a log, SQLite keeps its index in memory. If there is none, the database file is complete.
            let options = hasLog ? "readonly_shm=1" : "immutable=1"
            guard let url = Self.url(of: path),
                let queue = try? DatabaseQueue(path: "\(url)?\(options)", configuration: Self.configuration)
            else { throw error }
            self.queue = queue
            isFrozen = !hasLog
        }
    }

    /// Whether the database may have been written since a frozen reader opened it.
    func isOutdated(path: String, logs: [String]) throws -> Bool {
        guard let now = try FileStatus.of(path) else { return true }
        return try !now.isUnchanged(since: file) || Self.hasLog(logs)
    }

    func close() { try? queue.close() }

    private static func hasLog(_ paths: [String]) throws -> Bool {
        for path in paths where try FileStatus.of(path).map({ $0.size > 0 }) ?? false { return true }
        return false
    }

    private static func mayNeedWriting(_ error: DatabaseError) -> Bool {
        [.SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_IOERR, .SQLITE_FULL, .SQLITE_PERM].contains(error.resultCode)
    }

    // The path as a URI: ?, # and % have a meaning there, so they are escaped.
    private static func url(of path: String) -> String? {
        path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed).map { "file:\($0)" }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;")
        }
        return configuration
    }
}
