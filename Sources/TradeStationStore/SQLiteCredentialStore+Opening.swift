package import TradeStationModel

extension SQLiteCredentialStore {
    /// Opens the store at a location. If it does not exist, every use throws `store_missing` until
    /// ``createIfMissing()`` or another process has created it.
    ///
    /// If the identity trusts the group, groups and whoever can write to the directories above the store are trusted.
    ///
    /// - Throws: ``AccountsError``: `insecure_permissions`, `key_missing`, `key_mismatch`, `schema_too_new`,
    ///   `store_corrupt`, `store_busy`, `store_full`, `store_readonly`, `cannot_create`. Existing files are not changed
    ///   then.
    package static func open(
        at location: StoreLocation,
        identity: AuditIdentity,
        clock: any TimeSource,
        random: RandomSource
    ) async throws -> SQLiteCredentialStore {
        try await open(
            at: location,
            identity: identity,
            clock: clock,
            random: random,
            migrations: Migration.all,
            policy: PermissionPolicy(trustsGroup: identity.trustsGroup)
        )
    }

    static func open(
        at location: StoreLocation,
        identity: AuditIdentity,
        clock: any TimeSource,
        random: RandomSource,
        migrations: [Migration],
        policy: PermissionPolicy = .strict,
        lockMilliseconds: Int = 5000
    ) async throws -> SQLiteCredentialStore {
        let opener = StoreOpener(
            files: StoreFiles(location: location, policy: policy),
            migrator: Migrator(migrations: migrations, version: identity.version),
            clock: clock,
            random: random,
            lockMilliseconds: lockMilliseconds
        )
        let store = SQLiteCredentialStore(
            place: opener.files,
            connection: DiskConnection(opener: opener),
            identity: identity,
            clock: clock,
            random: random,
            migrator: opener.migrator,
            changes: opener.counters,
            quotas: DiskQuotaBoard(path: opener.files.quotas, policy: policy)
        )
        try await store.open()
        return store
    }

    /// Opens a store in memory, which follows the rules of a store on disk. Stores that are opened with the same `memory`
    /// share their content, as processes share a directory.
    ///
    /// - Parameter rotationListener: called with every new refresh token that this store saves, before a caller gets the
    ///   tokens that came with it.
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
            quotas: memory.quotas,
            rotationListener: rotationListener
        )
        try await store.open()
        return store
    }
}
