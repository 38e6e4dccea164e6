import Foundation
import GRDB
import TradeStationModel

/// The database of one open store: runs transactions and converts every error to an error with a readable message.
///
/// Its methods block. Call them only on the store's queue.
final class StoreDatabase {
    let identity: AuditIdentity
    let clock: any TimeSource
    let random: RandomSource
    /// The name of the database in messages.
    private let name: String
    private let connection: any StoreConnection
    private let counters: any ChangeCounters
    private var isClosed = false

    init(
        connection: any StoreConnection,
        counters: any ChangeCounters,
        name: String,
        identity: AuditIdentity,
        clock: any TimeSource,
        random: RandomSource
    ) {
        self.connection = connection
        self.counters = counters
        self.name = name
        self.identity = identity
        self.clock = clock
        self.random = random
    }

    func open() throws {
        try showingErrors { try connection.open() }
    }

    /// Creates the database, unless it exists.
    func createIfMissing() throws {
        try showingErrors { try usable().createIfMissing() }
    }

    func close() {
        isClosed = true
        connection.close()
    }

    /// Runs a body that reads what has been committed so far.
    func read<Value>(_ body: (StoreTransaction) throws -> Value) throws -> Value {
        try showingErrors { try usable().read { try body(transaction($0, $1)) } }
    }

    /// Runs a body as one transaction under the store lock: all of it is committed, or nothing.
    func write<Value>(_ durability: Durability, _ body: (StoreTransaction) throws -> Value) throws -> Value {
        try write(durability, body, published: { $0 })
    }

    /// Runs a body as one transaction under the store lock.
    ///
    /// - Parameter published: turns the body's result into this method's result. It is called once the commit is
    ///   published, before another writer can write.
    func write<Value, Result>(
        _ durability: Durability,
        _ body: (StoreTransaction) throws -> Value,
        published: (Value) -> Result
    ) throws -> Result {
        try showingErrors {
            try usable().write(
                durability,
                { database, keyring in
                    let transaction = transaction(database, keyring)
                    try transaction.rollbacks.mark(shownBy: counters)
                    return try body(transaction)
                },
                published: published
            )
        }
    }

    /// - Throws: `closed` once the store was closed.
    func requireOpen() throws { _ = try usable() }

    /// Runs a body, and converts its error to one with a human-readable message.
    func showingErrors<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            throw AccountsError.shown(error, path: name)
        }
    }

    private func usable() throws -> any StoreConnection {
        guard !isClosed else { throw AccountsError.storeClosed }
        return connection
    }

    private func transaction(_ database: Database, _ keyring: Keyring) -> StoreTransaction {
        StoreTransaction(database: database, keyring: keyring, identity: identity, clock: clock, random: random)
    }
}
