import Foundation
import GRDB
package import TradeStationModel

/// The store in an SQLite database with sealed secrets, in a directory or in memory.
///
/// The actor runs on a queue of its own: every call here that blocks (SQLite, `flock`, `fsync`) is off the
/// cooperative thread pool.
package actor SQLiteCredentialStore: CredentialStore {
    let place: any StorePlace
    let clock: any TimeSource
    let random: RandomSource
    let identity: AuditIdentity
    let migrator: Migrator
    package nonisolated let changes: any ChangeCounters
    /// Told of every refresh token that is saved.
    let rotationListener: RotationListener?
    /// Side files that were readied and not written yet, with what their content will be bound to.
    var readied: [Login.ID: ReadiedSideFile] = [:]

    private let connection: any StoreConnection
    private let executor = BlockingExecutor(label: "tsaccounts.store")
    private var isClosed = false

    /// The queue everything runs on.
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(
        place: any StorePlace,
        connection: sending any StoreConnection,
        identity: AuditIdentity,
        clock: any TimeSource,
        random: RandomSource,
        migrator: Migrator,
        changes: any ChangeCounters,
        rotationListener: RotationListener? = nil
    ) {
        self.place = place
        self.connection = connection
        self.identity = identity
        self.clock = clock
        self.random = random
        self.migrator = migrator
        self.changes = changes
        self.rotationListener = rotationListener
    }

    func open() throws {
        try showingErrors { try connection.open() }
    }

    /// Closes files and connections. Further calls do nothing.
    package func close() {
        isClosed = true
        readied = [:]
        connection.close()
    }

    // MARK: Transactions

    /// Runs a body on what is committed at this moment.
    func read<Value>(_ body: (StoreTransaction) throws -> Value) throws -> Value {
        try showingErrors { try usable().read { try body(transaction($0, $1)) } }
    }

    /// Runs a body as one transaction under the store lock: all of it is committed, or nothing.
    func write<Value>(_ durability: Durability, _ body: (StoreTransaction) throws -> Value) throws -> Value {
        try write(durability, body, published: { $0 })
    }

    /// Runs a body as one transaction under the store lock.
    ///
    /// - Parameter published: turns the body's result into this method's result once the commit is published. No other
    ///   writer has written in between.
    func write<Value, Result>(
        _ durability: Durability,
        _ body: (StoreTransaction) throws -> Value,
        published: (Value) -> Result
    ) throws -> Result {
        try showingErrors {
            try usable().write(durability, { try body(transaction($0, $1)) }, published: published)
        }
    }

    /// For what is sealed outside the database.
    func keyring() throws -> Keyring { try usable().keyring() }

    /// The opening of the database that what is read now comes from.
    var epoch: Int { connection.epoch }

    /// Turns whatever was thrown into an error that may be shown.
    func showingErrors<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            throw AccountsError.shown(error, path: place.name)
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
