import GRDB
import TradeStationModel

/// The store-wide lock, which is held for everything that may write to or checkpoint the database.
struct StoreLock: Sendable {
    let file: LockFile
    /// The path of the database, for messages.
    let database: String
    let deadlineMilliseconds: Int

    /// Runs a body while holding the lock. Blocks the calling thread.
    ///
    /// - Throws: `store_busy` after the deadline; the errors of the body.
    func hold<Value>(_ body: () throws -> Value) throws -> Value {
        guard
            let lock = try file.attempt()
                ?? LockWaiter(at: file).lock(withinMilliseconds: deadlineMilliseconds)
        else { throw AccountsError.busy(database) }
        defer { lock.unlock() }
        return try body()
    }

    /// The configuration of connections that write under the lock. They also wait up to `deadlineMilliseconds` for
    /// programs that write without the lock.
    var writerConfiguration: Configuration { .forWriting(busyMilliseconds: deadlineMilliseconds) }
}
