import Crypto
import Foundation
import GRDB
import TradeStationModel

/// An open store: the connection for reading, and the keys.
struct OpenedStore: Sendable {
    let reader: StoreReader
    let keyring: Keyring
}

/// Opens a store, and creates or migrates it under the store lock. An existing store is opened read-only until all
/// checks have passed. Only ``openOrCreate()`` creates anything.
struct StoreOpener: Sendable {
    /// The id `tsac` in the database header, which the database of another program does not have.
    static let applicationID = 0x7473_6163

    let files: StoreFiles
    let lock: StoreLock
    let counters: DiskChangeCounters
    let migrator: Migrator
    let clock: any TimeSource
    let random: RandomSource

    init(
        files: StoreFiles,
        migrator: Migrator,
        clock: any TimeSource,
        random: RandomSource,
        lockMilliseconds: Int
    ) {
        self.files = files
        self.migrator = migrator
        self.clock = clock
        self.random = random
        lock = StoreLock(
            file: LockFile(path: files.storeLock, policy: files.policy),
            database: files.database,
            deadlineMilliseconds: lockMilliseconds
        )
        counters = DiskChangeCounters(path: files.changes, policy: files.policy)
    }

    /// Opens the store, and migrates it if necessary; nil if there is none.
    func open() throws -> OpenedStore? {
        var review = StoreReview(of: files)
        try review.run()
        if let opened = try openCurrent() { return opened }
        guard try hasDatabase() else {
            try requireNoLogWithoutDatabase()
            return nil
        }
        try files.prepareDirectories()
        try lock.hold { try migrate() }
        return try openCurrent()
    }

    /// Opens the store, or creates it.
    func openOrCreate() throws -> OpenedStore {
        if let opened = try open() { return opened }
        try files.prepareDirectories()
        // Another process may have created it meanwhile.
        try lock.hold { if try !hasDatabase() { try create() } }
        guard let opened = try open() else {
            throw AccountsError.corrupt(files.database, reason: "It was removed while it was being opened.")
        }
        return opened
    }

    /// Opens the store without changing it; nil if it does not exist or its schema is older than this version.
    private func openCurrent() throws -> OpenedStore? {
        guard try hasDatabase(), let reader = try StoreReader(path: files.database, logs: files.logs) else {
            return nil
        }
        let keyring = try reader.queue.read { database -> Keyring? in
            try requireOurs(database)
            let missing = try migrator.missing(in: database, path: files.database)
            let keyring = try self.keyring(database)
            return missing.isEmpty ? keyring : nil
        }
        return keyring.map { OpenedStore(reader: reader, keyring: $0) }
    }

    /// Opens the writable connection. The caller holds the store lock.
    ///
    /// - Throws: `store_corrupt` if a process did not end cleanly and left a log that does not fit the database, for
    ///   example because a backup was copied over the database.
    func openWriter() throws -> WriterConnection {
        let presence = try WriterPresence(path: files.writers, policy: files.policy)
        let leftLog = try files.logs.first { try FileStatus.of($0)?.size ?? 0 > 0 }
        let writer = try WriterConnection(path: files.database, lock: lock, counters: counters, presence: presence)
        if let leftLog, presence.isAlone { try writer.check(path: files.database, log: leftLog) }
        return writer
    }

    // An empty file may become a store if there is no key file. If there is one, a store existed and lost its content.
    private func hasDatabase() throws -> Bool {
        guard let status = try FileStatus.of(files.database) else { return false }
        if status.size > 0 { return true }
        guard try FileStatus.of(files.key) == nil else {
            throw AccountsError.corrupt(files.database, reason: "It is empty, although its key file exists.")
        }
        return false
    }

    private func requireOurs(_ database: Database) throws {
        guard try Int.fetchOne(database, sql: "PRAGMA application_id") == Self.applicationID else {
            throw AccountsError.corrupt(files.database, reason: "It is the database of another program.")
        }
    }

    private func keyring(_ database: Database) throws -> Keyring {
        guard let row = try Row.fetchOne(database, sql: "SELECT * FROM store"), try row.integer("seal_format") == 1
        else { throw AccountsError.corrupt(files.database, reason: "It does not record how its secrets are sealed.") }
        let path = files.credential?.path ?? files.key
        guard let master = try masterKey() else { throw AccountsError.keyMissing(files.key) }
        let keyring = Keyring(master: master, storeID: try row.text("store_id"))
        guard try row.text("key_id") == keyring.keyID, keyring.open(try row.blob("key_check"), for: .keyCheck) != nil
        else {
            throw AccountsError(
                .keyMismatch,
                "The key file \(path) does not belong to \(files.database).",
                reason: "The database was sealed with another key.",
                suggestion: "restore the key file that was created with this database"
            )
        }
        return keyring
    }

    private func masterKey() throws(AccountsError) -> SymmetricKey? {
        if let credential = files.credential { return try credential.load() }
        return try KeyFile(path: files.key, policy: files.policy).load()
    }

    /// Creates the database under another name and renames it when it is complete: so `accounts.db` is never an
    /// incomplete store.
    private func create() throws {
        try requireNoLogWithoutDatabase()
        let master =
            try files.credential?.load() ?? KeyFile(path: files.key, policy: files.policy).loadOrCreate(random)
        let keyring = Keyring(master: master, storeID: random.hex(bytes: 16))
        for path in [files.newDatabase] + StoreFiles.auxiliaryFiles(of: files.newDatabase) {
            try PrivateFile.remove(path)
        }
        // SQLite would create the file with a mode that depends on the umask, and would give its log the same mode.
        do { _ = try PrivateFile(path: files.newDatabase, flags: O_RDWR | O_CREAT) }
        let queue = try DatabaseQueue(path: files.newDatabase, configuration: lock.writerConfiguration)
        try queue.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA application_id = \(Self.applicationID)")
            guard try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL") == "wal" else {
                throw AccountsError.unsupportedFileSystem(
                    files.database,
                    "\(files.database) cannot be created.",
                    reason: "The write-ahead log cannot be used there."
                )
            }
            try database.execute(sql: "PRAGMA synchronous = \(Durability.power.rawValue)")
            try database.inTransaction(.immediate) {
                try migrator.makeStore(
                    in: database,
                    keyring: keyring,
                    at: clock.wallTime(),
                    nonce: random.bytes(12)
                )
                return .commit
            }
            counters.publish(database)
            // The rename does not move the log, and closing does not report if the log could not be emptied.
            try database.checkpoint(.truncate)
        }
        try queue.close()
        for path in StoreFiles.auxiliaryFiles(of: files.database) { try PrivateFile.remove(path) }
        guard rename(files.newDatabase, files.database) == 0 else {
            throw AccountsError.fileFailure(errno, path: files.database, "cannot be created")
        }
        try OpenDirectory(path: files.location.dataDirectory).synchronize()
    }

    // SQLite would apply the log of the previous database to the new one.
    private func requireNoLogWithoutDatabase() throws {
        for path in files.logs {
            guard let log = try FileStatus.of(path), log.size > 0 else { continue }
            throw AccountsError(
                .storeCorrupt,
                "\(files.database) is missing, and its log \(path) still exists.",
                reason: "The log may contain the latest tokens. No new store was created, because SQLite would apply "
                    + "this log to the new store.",
                suggestion: "restore the database, or move the log away: "
                    + "mv \(path.shellQuoted) \((path + ".old").shellQuoted)"
            )
        }
    }

    private func migrate() throws {
        guard let reader = try StoreReader(path: files.database, logs: files.logs) else { return }
        let missing = try reader.queue.read { try migrator.missing(in: $0, path: files.database) }
        reader.close()
        guard !missing.isEmpty else { return }
        let writer = try DatabaseQueue(path: files.database, configuration: lock.writerConfiguration)
        try writer.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA synchronous = \(Durability.power.rawValue)")
            try database.inTransaction(.immediate) {
                try migrator.apply(missing, to: database, at: clock.wallTime())
                return .commit
            }
        }
        try writer.close()
    }
}
