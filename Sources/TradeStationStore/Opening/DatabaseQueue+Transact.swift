import GRDB
import TradeStationModel

extension DatabaseQueue {
    /// Runs a body as one transaction that begins by taking the write lock of the database, and publishes what was
    /// committed.
    ///
    /// - Parameter published: turns the body's result into this method's result. It is called once the commit is
    ///   published, before another writer can write.
    func transact<Value, Result>(
        _ durability: Durability,
        publishingTo counters: any StoreChangeCounters,
        _ body: (Database) throws -> Value,
        published: (Value) -> Result
    ) throws -> Result {
        try writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA synchronous = \(durability.rawValue)")
            var result: Value?
            try database.inTransaction(.immediate) {
                result = try body(database)
                return .commit
            }
            counters.publish(database)
            guard let result else { throw AccountsError.storeClosed }
            return published(result)
        }
    }
}

extension Configuration {
    /// The configuration of every connection that can write.
    ///
    /// - Parameter busyMilliseconds: how long a connection waits for other programs that write without the store lock.
    static func forWriting(busyMilliseconds: Int) -> Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(Double(busyMilliseconds) / 1000)
        configuration.prepareDatabase { database in
            // A checkpoint costs two or three disk syncs, so it runs only every 4000 pages (16 MB), and at the last
            // close.
            try database.execute(
                sql: """
                    PRAGMA trusted_schema = OFF;
                    PRAGMA secure_delete = ON;
                    PRAGMA temp_store = MEMORY;
                    PRAGMA wal_autocheckpoint = 4000;
                    """
            )
        }
        return configuration
    }
}

/// What a commit must survive. The values are those of SQLite's `synchronous` in WAL mode.
enum Durability: String, Sendable {
    /// The end of the process, without a disk sync. `OFF` is not used: it would leave checkpoints unsynced.
    case process = "NORMAL"
    /// A power cut. Each commit is synced to disk once.
    case power = "FULL"
}
