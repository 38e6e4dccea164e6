import Foundation
import GRDB
import Synchronization
import TradeStationModel

/// The writable connection of a store. It is opened by the first write and closed under the store lock. The last close
/// runs a checkpoint, and a checkpoint during a commit can corrupt the database (SQLite 3.7.0 to 3.51.2).
final class WriterConnection: Sendable {
    private let queue: Mutex<DatabaseQueue?>
    private let lock: StoreLock
    private let counters: DiskChangeCounters
    /// Shows other processes that this one may leave a log behind.
    private let presence: WriterPresence

    init(path: String, lock: StoreLock, counters: DiskChangeCounters, presence: WriterPresence) throws {
        self.lock = lock
        self.counters = counters
        self.presence = presence
        queue = Mutex(try DatabaseQueue(path: path, configuration: lock.writerConfiguration))
    }

    deinit {
        // The last reference may be released on a thread that must not wait for the lock.
        guard let queue = take() else { return }
        Thread.detachNewThread { [lock] in Self.close(queue, under: lock) }
    }

    /// Closes the connection. Further calls do nothing.
    func close() {
        if let queue = take() { Self.close(queue, under: lock) }
    }

    private func take() -> DatabaseQueue? {
        queue.withLock { queue in
            defer { queue = nil }
            return queue
        }
    }

    private static func close(_ queue: DatabaseQueue, under lock: StoreLock) {
        do {
            try lock.hold { try? queue.close() }
        } catch {
            // The lock was not released in time. The connection stays open until the process ends, because closing it
            // without the lock could run a checkpoint. Its commits are safe in the write-ahead log.
            _ = Unmanaged.passRetained(queue)
        }
    }

    /// Checks the structure of the database, together with the log that a process left.
    ///
    /// - Throws: `store_corrupt`.
    func check(path: String, log: String) throws {
        guard let queue = queue.withLock({ $0 }) else { throw AccountsError.storeClosed }
        guard try queue.read(StructureCheck.quick.firstDefect) == nil else {
            throw AccountsError.foreignLog(log, of: path)
        }
    }

    /// Runs one transaction. The caller holds the store lock.
    func write<Value, Result>(
        _ durability: Durability,
        _ body: (Database) throws -> Value,
        published: (Value) -> Result
    ) throws -> Result {
        guard let queue = queue.withLock({ $0 }) else { throw AccountsError.storeClosed }
        return try queue.transact(durability, publishingTo: counters, body, published: published)
    }
}
