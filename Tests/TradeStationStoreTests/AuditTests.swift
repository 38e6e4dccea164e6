import Foundation
import Testing
import TradeStationModel

@testable import TradeStationStore

/// The tests are serialized because all of them share this process's descriptors, of which each open store needs several.
@Suite(.serialized) struct AuditTests {
    @Test(arguments: [
        ("UPDATE audit SET outcome = 'fine' WHERE seq = 2", "audit is append-only: no update"),
        ("DELETE FROM audit WHERE seq = 3", "audit is append-only: no delete"),
        ("DELETE FROM audit", "audit is append-only: no delete"),
        ("INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE seq = 2", "audit is append-only: seq or prev_hash"),
        ("INSERT OR IGNORE INTO audit SELECT * FROM audit WHERE seq = 2", "audit is append-only: seq or prev_hash"),
        (
            "INSERT INTO audit SELECT * FROM audit WHERE seq = 2 ON CONFLICT DO UPDATE SET pid = 1",
            "audit is append-only"
        ),
    ])
    func `audit rows cannot be changed, removed or replaced`(statement: String, complaint: String) async throws {
        let (sample, store) = try await chain()
        let before = try sample.shell("SELECT * FROM audit").output
        #expect(try sample.shell(statement).errors.contains(complaint))
        #expect(try sample.shell("SELECT * FROM audit").output == before)
        await store.close()
    }

    @Test func `the hashes can be recomputed from the output of the sqlite3 shell`() async throws {
        let (sample, store) = try await chain()
        let rows = try sample.shell("SELECT * FROM audit ORDER BY seq", options: ["-json"]).output
        let file = sample.root + "/rows.json"
        try Data(rows.utf8).write(to: URL(fileURLWithPath: file))
        let script = """
            import hashlib, json, sys
            previous = "0" * 64
            for row in json.load(open(sys.argv[1], encoding="utf-8")):
                form = b""
                for name, value in row.items():
                    if name in ("row_hash", "row_mac"): continue
                    text = None if value is None else str(value).encode()
                    form += b"-," if text is None else str(len(text)).encode() + b":" + text + b","
                assert row["prev_hash"] == previous, row["seq"]
                previous = hashlib.sha256(form).hexdigest()
                assert row["row_hash"] == previous, row["seq"]
                print(row["seq"], end=" ")
            """
        let result = try sample.run("/usr/bin/env", ["python3", "-c", script, file])
        #expect(result.output == "1 2 3 4 5 ")
        #expect(result.errors == "")
        await store.close()
    }

    @Test(arguments: [
        ("UPDATE audit SET outcome = 'fine' WHERE seq = 3", 3, "row_hash is not the hash of the row"),
        ("DELETE FROM audit WHERE seq = 3", 4, "row 3 is missing"),
        ("UPDATE audit SET seq = 9 WHERE seq = 5", 9, "row 5 is missing"),
        ("UPDATE audit SET prev_hash = row_hash WHERE seq = 4", 4, "prev_hash is not the row_hash of the previous row"),
        ("UPDATE audit SET row_mac = row_hash WHERE seq = 1", 1, "row_mac was not made with the key of this store"),
        ("UPDATE audit SET detail = NULL, pid = 0 WHERE seq IN (2, 4)", 2, "row_hash is not the hash of the row"),
    ])
    func `verifying names the first invalid row`(edit: String, sequence: Int64, problem: String) async throws {
        let (sample, store) = try await chain()
        let guards = try sample.shell(
            "SELECT sql || ';' FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'audit'"
        ).output
        try sample.shell(
            "DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete; DROP TRIGGER audit_insert_guard; \(edit); \(guards)"
        )
        let result = try await store.verifyAudit()
        #expect(result.firstBadSequence == sequence)
        #expect(result.problem == problem)
        #expect(!result.isIntact)
        await store.close()
    }

    @Test func `the keyed hash reveals a forged row whose own hash was recomputed`() async throws {
        let (sample, store) = try await chain()
        let last = try #require(try await store.auditRecords(AuditQuery()).last)
        let forged = AuditRecord(
            columns: last.columns.map { $0.name == "outcome" ? .init(name: "outcome", value: .text("fine")) : $0 }
        )
        try sample.shell(
            "DROP TRIGGER audit_no_update; UPDATE audit SET outcome = 'fine', row_hash = '\(AuditTable.hash(forged))' WHERE seq = 5"
        )
        let result = try await store.verifyAudit()
        #expect(result.firstBadSequence == 5)
        #expect(result.problem == "row_mac was not made with the key of this store")
        await store.close()
    }

    @Test(arguments: [
        ("DROP TRIGGER audit_no_update", "trigger audit_no_update is missing"),
        ("DROP TRIGGER audit_no_delete", "trigger audit_no_delete is missing"),
        ("DROP TRIGGER login_generation_forward", "trigger login_generation_forward is missing"),
        ("DROP INDEX audit_of_versions", "index audit_of_versions is missing"),
        (
            "DROP TRIGGER audit_insert_guard; CREATE TRIGGER audit_insert_guard BEFORE INSERT ON audit BEGIN SELECT 1; END",
            "trigger audit_insert_guard is not as tsaccounts created it"
        ),
        (
            "DROP VIEW refresh_history; CREATE VIEW refresh_history AS SELECT 'refresh_succeeded' AS result",
            "view refresh_history is not as tsaccounts created it"
        ),
        (
            "DROP VIEW profile_status; CREATE VIEW profile_status AS SELECT name, 'ready' AS state FROM profile",
            "view profile_status is not as tsaccounts created it"
        ),
        (
            "CREATE TRIGGER quiet AFTER INSERT ON audit BEGIN DELETE FROM secret; END",
            "trigger quiet is not from tsaccounts"
        ),
        (
            "CREATE TRIGGER open AFTER UPDATE ON profile BEGIN UPDATE profile SET read_only = 0; END",
            "trigger open is not from tsaccounts"
        ),
        ("CREATE TABLE notes (text)", "table notes is not from tsaccounts"),
        ("ALTER TABLE profile ADD COLUMN note TEXT", "table profile is not as tsaccounts created it"),
    ])
    func `verifying names whatever of the schema is missing, changed or added`(
        edit: String,
        problem: String
    ) async throws {
        let (sample, store) = try await chain()
        try sample.shell(edit)
        let result = try await store.verifyAudit()
        #expect(result == AuditVerification(rows: 5, firstBadSequence: nil, problem: problem))
        await store.close()
    }

    @Test func `verifying accepts the statistics of the sqlite3 shell`() async throws {
        let (sample, store) = try await chain()
        try sample.shell("ANALYZE")
        #expect(try await store.verifyAudit().isIntact)
        await store.close()
    }

    @Test func `verifying checks the structure of the database file`() async throws {
        let (sample, store) = try await chain()
        await store.close()
        // One index gets the page of another one.
        let roots = try sample.shell(
            "SELECT rootpage FROM sqlite_schema WHERE name IN ('audit_by_attempt', 'audit_by_login') ORDER BY name"
        ).output.split(separator: "\n").compactMap { Int($0) }
        var file = try Data(contentsOf: URL(fileURLWithPath: sample.database))
        let pages = roots.map { ($0 - 1) * 4096..<$0 * 4096 }
        file.replaceSubrange(pages[0], with: file[pages[1]])
        try file.write(to: URL(fileURLWithPath: sample.database))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: sample.database)
        let damaged = try await sample.open()
        let problem = try #require(try await damaged.verifyAudit().problem)
        #expect(problem.hasPrefix("the database file is damaged: "))
        await damaged.close()
    }

    /// A store with five audit rows, of which 1, 3 and 5 concern the first login.
    private func chain() async throws -> (Sample, SQLiteCredentialStore) {
        let sample = try Sample()
        let store = try await sample.open()
        try await sample.writeChain(into: store)
        return (sample, store)
    }
}
