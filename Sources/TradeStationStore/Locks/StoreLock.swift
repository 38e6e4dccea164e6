import GRDB
import TradeStationModel

/// The store-wide lock, under which everything happens that may write or checkpoint the database.
struct StoreLock: Sendable {
    let file: LockFile
    /// The database the lock is for, named in messages.
    let database: String
    var deadlineMilliseconds = 5000

    /// Runs a body under the lock. Holds its thread.
    ///
    /// - Throws: `store_busy` after the deadline; whatever the body throws.
    func hold<Value>(_ body: () throws -> Value) throws -> Value {
        guard
            let lock = try file.attempt()
                ?? LockWaiter(at: file).lock(withinMilliseconds: deadlineMilliseconds)
        else { throw AccountsError.busy(database) }
        defer { lock.unlock() }
        return try body()
    }

    /// For connections that write under the lock: they wait for foreign writers as long as for the lock.
    var writerConfiguration: Configuration { .forWriting(busyMilliseconds: deadlineMilliseconds) }
}
