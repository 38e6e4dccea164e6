import GRDB
import TradeStationModel

/// Reads the whole audit, and checks that it is an unbroken chain and that its triggers are intact.
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
        if result.problem == nil { result.problem = try brokenGuard() }
        return result
    }

    private func problem(of record: AuditRecord?, expected: Int64, previous: String) -> String? {
        guard let record else { return "a column holds a value of another type" }
        guard record.sequence == expected else { return "row \(expected) is missing" }
        guard record.text("prev_hash") == previous else { return "prev_hash is not the row_hash before it" }
        guard let hash = record.text("row_hash"), hash == AuditTable.hash(record) else {
            return "row_hash is not the hash of the row"
        }
        guard record.text("row_mac") == transaction.keyring.auditMAC(ofRowHash: hash) else {
            return "row_mac was not made with the key of this store"
        }
        return nil
    }

    // The table and its triggers must be exactly those that the migrations create, and no others.
    private func brokenGuard() throws -> String? {
        let wanted = try migrator.withReferenceDatabase(guards)
        let found = try guards(transaction.database)
        let names = Set(wanted.keys).union(found.keys).sorted()
        return names.first { wanted[$0] != found[$0] }.map { "\($0) is not as tsaccounts created it" }
    }

    private func guards(_ database: Database) throws -> [String: String] {
        let rows = try Row.fetchAll(
            database,
            sql:
                "SELECT type || ' ' || name AS name, sql FROM sqlite_schema WHERE tbl_name = 'audit' AND type <> 'index'"
        )
        return try Dictionary(
            rows.map { (try $0.text("name"), try $0.optionalText("sql") ?? "") },
            uniquingKeysWith: { first, _ in first }
        )
    }
}
