import Foundation
package import TradeStationModel

/// The store in an SQLite database with sealed secrets, in a directory or in memory.
///
/// The actor runs on a queue of its own, so that its blocking calls (SQLite, `flock`, `fsync`) hold no thread of the
/// cooperative pool.
///
/// It has more than 300 lines with its extensions because the protocol has many methods. Each of them only runs a
/// transaction; what the transaction does is in ``LoginReader``, ``RefreshWriter`` and ``ProfileWriter``.
package actor SQLiteCredentialStore: CredentialStore {
    let place: any StorePlace
    let clock: any TimeSource
    let identity: AuditIdentity
    let migrator: Migrator
    package nonisolated let changes: any ChangeCounters
    package nonisolated let quotas: any QuotaBoard
    let rotationListener: RotationListener?
    let database: StoreDatabase
    /// Side files that were prepared for an answer that is not saved yet.
    var prepared: [Login.ID: PreparedSideFile] = [:]

    private let executor = BlockingExecutor(label: "tsaccounts.store")

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(
        place: any StorePlace,
        connection: sending any StoreConnection,
        identity: AuditIdentity,
        clock: any TimeSource,
        random: RandomSource,
        migrator: Migrator,
        changes: any ChangeCounters,
        quotas: any QuotaBoard,
        rotationListener: RotationListener? = nil
    ) {
        self.place = place
        self.clock = clock
        self.identity = identity
        self.migrator = migrator
        self.changes = changes
        self.quotas = quotas
        self.rotationListener = rotationListener
        database = StoreDatabase(
            connection: connection,
            counters: changes,
            name: place.name,
            identity: identity,
            clock: clock,
            random: random
        )
    }

    func open() throws {
        try database.open()
    }

    package func close() {
        prepared = [:]
        changes.close()
        quotas.close()
        database.close()
    }
}
