import Foundation
import GRDB
import TradeStationModel

/// Migrates a database to the schema of this version, and refuses one with a newer or changed schema.
struct Migrator: Sendable {
    let migrations: [Migration]
    /// The version of the program, which is recorded with each migration.
    let version: String

    /// Returns the migrations that a database lacks.
    ///
    /// - Throws: `schema_too_new` if the database has one that this version does not know; `store_corrupt` if one was changed.
    func missing(in database: Database, path: String) throws -> [Migration] {
        guard try database.tableExists("migration") else {
            throw AccountsError.corrupt(path, reason: "It has no record of its schema.")
        }
        let applied = try Row.fetchAll(database, sql: "SELECT name, sha256 FROM migration ORDER BY name")
        let known = Dictionary(uniqueKeysWithValues: migrations.map { ($0.name, $0.sha256) })
        for row in applied {
            let name = try row.text("name")
            guard let sha256 = known[name] else { throw tooNew(path, migration: name) }
            guard try row.text("sha256") == sha256 else {
                throw AccountsError.corrupt(path, reason: "Its migration \(name) differs from the one in this version.")
            }
        }
        let names = try Set(applied.map { try $0.text("name") })
        let missing = Array(migrations.drop { names.contains($0.name) })
        guard !missing.contains(where: { names.contains($0.name) }) else {
            throw AccountsError.corrupt(path, reason: "Its migrations were not applied in order.")
        }
        return missing
    }

    /// Checks that the database was not migrated since it was opened. It is cheap enough for every write.
    ///
    /// - Throws: `schema_too_new`.
    func requireCurrent(_ database: Database, path: String) throws {
        let count = try Int.fetchOne(database.cachedStatement(sql: "SELECT count(*) FROM migration"))
        guard count == migrations.count else { throw tooNew(path, migration: nil) }
    }

    private func tooNew(_ path: String, migration: String?) -> AccountsError {
        AccountsError(
            .schemaTooNew,
            "\(path) was created by a newer version of tsaccounts.",
            reason: "This is version \(version)."
                + (migration.map { " It does not know the migration \($0.printable(limit: 64))." } ?? ""),
            suggestion: "use the newer tsaccounts, or name another store: tsaccounts --store DIR ..."
        )
    }

    /// Applies migrations in the caller's transaction.
    func apply(_ migrations: [Migration], to database: Database, at time: Timestamp) throws {
        for migration in migrations {
            try database.execute(sql: String(decoding: migration.sql, as: UTF8.self))
            try database.execute(
                sql: "INSERT INTO migration (name, sha256, applied_at, version) VALUES (?, ?, ?, ?)",
                arguments: [migration.name, migration.sha256, time.description, version]
            )
        }
    }

    /// Creates a store in an empty database, in the caller's transaction: the schema, and the row that names the key and
    /// format of sealed secrets.
    func makeStore(in database: Database, keyring: Keyring, at time: Timestamp, nonce: [UInt8]) throws {
        try apply(migrations, to: database, at: time)
        try database.execute(
            sql: """
                INSERT INTO store (id, store_id, seal_format, key_id, key_check, created_at)
                VALUES (1, ?, ?, ?, ?, ?)
                """,
            arguments: [
                keyring.storeID, Int(SealContext.format), keyring.keyID,
                try keyring.seal(Array("tsaccounts".utf8), for: .keyCheck, nonce: nonce), time.description,
            ]
        )
    }

    /// Runs a body on a database in memory that has this version's schema, for comparison.
    func withReferenceDatabase<Value>(_ body: (Database) throws -> Value) throws -> Value {
        let queue = try DatabaseQueue()
        return try queue.writeWithoutTransaction { database in
            try apply(migrations, to: database, at: Timestamp(milliseconds: 0))
            return try body(database)
        }
    }
}
