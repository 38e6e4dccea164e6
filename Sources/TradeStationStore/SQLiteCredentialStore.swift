import Foundation
import GRDB
public import TradeStationModel

/// The store in an SQLite database with sealed secrets.
///
/// The actor runs on a queue of its own: every call here that blocks (SQLite, `flock`, `fsync`) is off the
/// cooperative thread pool. Reading opens the database read-only; the connection that can write is opened by the first
/// write.
public actor SQLiteCredentialStore: CredentialStore {
    let files: StoreFiles
    let clock: any TimeSource
    let random: RandomSource
    let identity: AuditIdentity
    let migrator: Migrator
    /// Side files that were readied and not written yet, with what their content will be bound to.
    var readied: [Login.ID: ReadiedSideFile] = [:]

    private let storeLock: StoreLock
    private let executor = BlockingExecutor(label: "tsaccounts.store")
    private var opened: OpenedStore?
    private var writer: WriterConnection?
    private var isClosed = false

    /// The queue everything runs on.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Opens the store at a location, or makes one there.
    ///
    /// - Throws: ``AccountsError``: `insecure_permissions`, `key_missing`, `key_mismatch`, `schema_too_new`,
    ///   `store_corrupt`, `store_busy`, `store_full`, `store_readonly`, `cannot_create`. Whatever was there is
    ///   untouched then.
    public static func open(
        at location: StoreLocation,
        identity: AuditIdentity,
        clock: any TimeSource,
        random: RandomSource
    ) async throws -> SQLiteCredentialStore {
        try await open(at: location, identity: identity, clock: clock, random: random, migrations: Migration.all)
    }

    static func open(
        at location: StoreLocation,
        identity: AuditIdentity,
        clock: any TimeSource,
        random: RandomSource,
        migrations: [Migration],
        lockMilliseconds: Int = 5000
    ) async throws -> SQLiteCredentialStore {
        let store = SQLiteCredentialStore(
            files: StoreFiles(location: location),
            identity: identity,
            clock: clock,
            random: random,
            migrator: Migrator(migrations: migrations, version: identity.version),
            lockMilliseconds: lockMilliseconds
        )
        try await store.open()
        return store
    }

    private init(
        files: StoreFiles,
        identity: AuditIdentity,
        clock: any TimeSource,
        random: RandomSource,
        migrator: Migrator,
        lockMilliseconds: Int
    ) {
        self.files = files
        self.identity = identity
        self.clock = clock
        self.random = random
        self.migrator = migrator
        storeLock = StoreLock(
            path: files.storeLock,
            database: files.database,
            deadlineMilliseconds: lockMilliseconds
        )
    }

    private func open() throws {
        try showingErrors {
            opened = try StoreOpener(
                files: files,
                lock: storeLock,
                migrator: migrator,
                clock: clock,
                random: random
            ).open()
        }
    }

    /// Closes files and connections; the last one to close a database folds its log into it. Further calls do nothing.
    public func close() {
        isClosed = true
        closeConnections()
    }

    private func closeConnections() {
        readied = [:]
        // The reader first: beside it, the writer could not fold the log.
        try? opened?.reader.close()
        opened = nil
        writer?.close()
        writer = nil
    }

    // MARK: Transactions

    /// Runs a body on what is committed at this moment.
    func read<Value>(_ body: (StoreTransaction) throws -> Value) throws -> Value {
        try showingErrors {
            let opened = try current()
            return try opened.reader.read { try body(transaction($0, opened.keyring)) }
        }
    }

    /// Runs a body as one transaction under the store lock: all of it is committed, or nothing.
    func write<Value>(_ durability: Durability, _ body: (StoreTransaction) throws -> Value) throws -> Value {
        try showingErrors {
            let opened = try current()
            do {
                try PrivateDirectory(path: files.locks).prepare()
                return try storeLock.hold {
                    let writer = try writer ?? WriterConnection(path: files.database, lock: storeLock)
                    self.writer = writer
                    return try writer.write(durability) { database in
                        try migrator.requireCurrent(database, path: files.database)
                        return try body(transaction(database, opened.keyring))
                    }
                }
            } catch let error as DatabaseError where error.resultCode == .SQLITE_IOERR {
                // After a failed sync the connection cannot know what is on the disk: the next write opens a new one.
                closeConnections()
                throw error
            }
        }
    }

    /// Turns whatever was thrown into an error that may be shown.
    func showingErrors<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            throw AccountsError.shown(error, path: files.database)
        }
    }

    // The file may have been replaced since it was opened, say by a backup: then it is opened and checked anew.
    private func current() throws -> OpenedStore {
        guard !isClosed else { throw AccountsError.storeClosed }
        guard let file = try FileStatus.of(files.database) else {
            throw AccountsError.corrupt(files.database, reason: "It was removed while it was in use.")
        }
        if let opened, opened.file.isSameFile(as: file) { return opened }
        closeConnections()
        try open()
        guard let opened else { throw AccountsError.storeClosed }
        return opened
    }

    private func transaction(_ database: Database, _ keyring: Keyring) -> StoreTransaction {
        StoreTransaction(database: database, keyring: keyring, identity: identity, clock: clock, random: random)
    }

    /// For what is sealed outside the database.
    func keyring() throws -> Keyring {
        try current().keyring
    }
}
