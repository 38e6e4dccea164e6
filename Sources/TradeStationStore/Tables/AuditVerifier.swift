import GRDB
import TradeStationModel

/// Reads the whole audit, and checks that it is an unbroken chain, that the whole schema is the one of this version, and
/// that the database file is intact.
struct AuditVerifier {
    let transaction: StoreTransaction
    let migrator: Migrator

    func verify() throws -> AuditVerification {
        var result = AuditVerification(rows: 0, firstBadSequence: nil, problem: nil)
        var previous = AuditTable.genesis
        var expected: Int64 = 1
        let rows = try Row.fetchCursor(transaction.database, sql: "SELECT * FROM audit ORDER BY seq")
        while let row = try rows.next() {
            result.rows += 1
            guard result.problem == nil else { continue }
            let record = try? AuditTable.record(row)
            if let problem = problem(of: record, expected: expected, previous: previous) {
                result.problem = problem
                result.firstBadSequence = try record?.sequence ?? row.integer("seq")
            }
            previous = record?.text("row_hash") ?? ""
            expected += 1
        }
        if result.problem == nil { result.problem = try foreignSchema() ?? brokenFile() }
        return result
    }

    private func problem(of record: AuditRecord?, expected: Int64, previous: String) -> String? {
        guard let record else { return "a column holds a value of the wrong type" }
        guard record.sequence == expected else { return "row \(expected) is missing" }
        guard record.text("prev_hash") == previous else { return "prev_hash is not the row_hash of the previous row" }
        guard let hash = record.text("row_hash"), hash == AuditTable.hash(record) else {
            return "row_hash is not the hash of the row"
        }
        guard record.text("row_mac") == transaction.keyring.auditMAC(ofRowHash: hash) else {
            return "row_mac was not made with the key of this store"
        }
        return nil
    }

    // Tables, indices, triggers and views must be exactly those that the migrations create, and no others.
    private func foreignSchema() throws -> String? {
        let wanted = try migrator.withReferenceDatabase(schema)
        let found = try schema(transaction.database)
        for name in Set(wanted.keys).union(found.keys).sorted() where wanted[name] != found[name] {
            let name = name.printable(limit: 100)
            if wanted[name] == nil { return "\(name) is not from tsaccounts" }
            return found[name] == nil ? "\(name) is missing" : "\(name) is not as tsaccounts created it"
        }
        return nil
    }

    // SQLite's own tables and indices, such as those of ANALYZE, have names that begin with sqlite_.
    private func schema(_ database: Database) throws -> [String: String] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT type || ' ' || name AS name, tbl_name || ': ' || coalesce(sql, '') AS sql FROM sqlite_schema
                WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
                """
        )
        return try Dictionary(
            rows.map { (try $0.text("name"), try $0.text("sql")) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    private func brokenFile() throws -> String? {
        try StructureCheck.full.firstDefect(in: transaction.database)
            .map { "the database file is damaged: \($0.printable(limit: 200))" }
    }
}
