import GRDB
import TradeStationModel

extension DatabaseQueue {
    /// Runs a body as one transaction that begins by taking the write lock of the database, and shows on the board what
    /// was committed.
    func transact<Value>(
        _ durability: Durability,
        shownOn board: any StoreBoard,
        _ body: (Database) throws -> Value
    ) throws -> Value {
        try writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA synchronous = \(durability.rawValue)")
            var result: Value?
            try database.inTransaction(.immediate) {
                result = try body(database)
                return .commit
            }
            board.publish(database)
            guard let result else { throw AccountsError.storeClosed }
            return result
        }
    }
}

extension Configuration {
    /// For every connection that can write.
    ///
    /// - Parameter busyMilliseconds: how long it waits for foreign writers, who know nothing of the store lock.
    static func forWriting(busyMilliseconds: Int) -> Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(Double(busyMilliseconds) / 1000)
        configuration.prepareDatabase { database in
            // A checkpoint costs two or three disk syncs. 4000 pages are 16 MB; the last close truncates the log.
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
