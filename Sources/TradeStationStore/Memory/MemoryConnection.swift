import GRDB
import TradeStationModel

/// The connection of a store to the database of a ``MemoryStore``, which runs one transaction at a time.
final class MemoryConnection: StoreConnection {
    private let memory: MemoryStore
    private let migrator: Migrator
    private let clock: any TimeSource
    private let random: RandomSource

    init(memory: MemoryStore, migrator: Migrator, clock: any TimeSource, random: RandomSource) {
        self.memory = memory
        self.migrator = migrator
        self.clock = clock
        self.random = random
    }

    func open() throws { _ = try contents() }

    /// Does nothing: a store in memory exists from the beginning.
    func createIfMissing() {}

    func read<Value>(_ body: (Database, Keyring) throws -> Value) throws -> Value {
        let contents = try contents()
        return try contents.database.read { try body($0, contents.keyring) }
    }

    func write<Value, Result>(
        _ durability: Durability,
        _ body: (Database, Keyring) throws -> Value,
        published: (Value) -> Result
    ) throws -> Result {
        let contents = try contents()
        return try contents.database.transact(
            durability,
            publishingTo: memory.counters,
            { try body($0, contents.keyring) },
            published: published
        )
    }

    /// Does nothing: the database belongs to the ``MemoryStore``.
    func close() {}

    private func contents() throws -> MemoryStore.Contents {
        try memory.contents(migrator, clock: clock, random: random)
    }
}
