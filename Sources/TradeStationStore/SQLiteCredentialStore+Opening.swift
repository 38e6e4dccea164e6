package import TradeStationModel

extension SQLiteCredentialStore {
    /// Opens the store at a location, or makes one there.
    ///
    /// - Throws: ``AccountsError``: `insecure_permissions`, `key_missing`, `key_mismatch`, `schema_too_new`,
    ///   `store_corrupt`, `store_busy`, `store_full`, `store_readonly`, `cannot_create`. Whatever was there is
    ///   untouched then.
    package static func open(
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
        let files = StoreFiles(location: location)
        let migrator = Migrator(migrations: migrations, version: identity.version)
        let lock = StoreLock(
            file: LockFile(path: files.storeLock),
            database: files.database,
            deadlineMilliseconds: lockMilliseconds
        )
        let counters = DiskChangeCounters(path: files.changes)
        let opener = StoreOpener(
            files: files,
            lock: lock,
            counters: counters,
            migrator: migrator,
            clock: clock,
            random: random
        )
        let store = SQLiteCredentialStore(
            place: files,
            connection: DiskConnection(opener: opener),
            identity: identity,
            clock: clock,
            random: random,
            migrator: migrator,
            changes: counters
        )
        try await store.open()
        return store
    }

    /// Opens a store in memory. It behaves as one on disk does; stores opened in the same memory are to each other what
    /// processes are that share a directory.
    ///
    /// - Parameter rotationListener: told of every refresh token that this store saves, before anybody gets the tokens
    ///   that came with it.
    package static func open(
        in memory: MemoryStore,
        identity: AuditIdentity,
        clock: any TimeSource,
        random: RandomSource,
        rotationListener: RotationListener? = nil
    ) async throws -> SQLiteCredentialStore {
        let migrator = Migrator(migrations: Migration.all, version: identity.version)
        let store = SQLiteCredentialStore(
            place: memory,
            connection: MemoryConnection(memory: memory, migrator: migrator, clock: clock, random: random),
            identity: identity,
            clock: clock,
            random: random,
            migrator: migrator,
            changes: memory.counters,
            rotationListener: rotationListener
        )
        try await store.open()
        return store
    }
}
