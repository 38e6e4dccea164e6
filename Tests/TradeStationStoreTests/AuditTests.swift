import Foundation
import Testing
import TradeStationModel

@testable import TradeStationStore

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
    func `the table only grows`(statement: String, complaint: String) async throws {
        let (sample, store) = try await chain()
        let before = try sample.shell("SELECT * FROM audit").output
        #expect(try sample.shell(statement).errors.contains(complaint))
        #expect(try sample.shell("SELECT * FROM audit").output == before)
        await store.close()
    }

    @Test func `anyone can recompute the hashes from what the shell prints`() async throws {
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

    @Test func `a row says who, when and what, and shows tokens only as fingerprints`() async throws {
        let sample = try Sample()
        let store = try await sample.open()
        var entry = AuditEntry(.signedIn, profileName: "swing", detail: ["b": "line\nbreak \"q\"", "a": "1/2"])
        entry.refreshTokenAfter = Secret("refresh-a")
        entry.accessTokenAfter = Secret("refresh-a")
        entry.refreshTokenBefore = Secret("refresh-0")
        entry.oauthError = "tab\there"
        entry.generationAfter = 1
        entry.httpStatus = 200
        entry.expiresAt = sample.clock.wallTime()
        let id = try await store.add(try sample.profile("swing", tokens: sample.tokens("a")), audit: [entry]).login.id
        let row = try #require(try await store.auditRecords(AuditQuery()).first)
        #expect(row.sequence == 1)
        #expect(row.integer("login_id") == id.rawValue)
        #expect(row.text("at") == sample.clock.wallTime().description)
        #expect(row.text("at")?.count == 24)
        #expect(row.text("event") == "signed_in")
        #expect(row.text("requester") == "test")
        #expect(row.text("host") == "host")
        #expect(row.integer("pid") == 4711)
        #expect(row.text("version") == "1.0.0")
        #expect(row.text("detail") == #"{"a":"1/2","b":"line break \"q\""}"#)
        #expect(row.text("oauth_error") == "tab here")
        #expect(row.integer("http_status") == 200)
        #expect(row["outcome"] == .null)
        let fingerprint = try #require(row.text("refresh_fp_after"))
        #expect(fingerprint.wholeMatch(of: /[0-9a-f]{12}/) != nil)
        #expect(row.text("access_fp_after") == fingerprint)
        #expect(row.text("refresh_fp_before") != fingerprint)
        await store.close()
    }

    @Test func `a query narrows by login, time, place and number, oldest first`() async throws {
        let (sample, store) = try await chain()
        defer { withExtendedLifetime(sample) {} }
        func sequences(_ query: AuditQuery) async throws -> [Int64] {
            try await store.auditRecords(query).map(\.sequence)
        }
        #expect(try await sequences(AuditQuery()) == [1, 2, 3, 4, 5])
        #expect(try await sequences(AuditQuery(limit: 2)) == [4, 5])
        #expect(try await sequences(AuditQuery(limit: 0)) == [])
        #expect(try await sequences(AuditQuery(afterSequence: 3)) == [4, 5])
        #expect(try await sequences(AuditQuery(loginID: Login.ID(rawValue: 1))) == [1, 3, 5])
        let third = try #require(try await store.auditRecords(AuditQuery())[2].text("at").flatMap { Timestamp($0) })
        #expect(try await sequences(AuditQuery(loginID: Login.ID(rawValue: 1), since: third, limit: 9)) == [3, 5])
        await store.close()
    }

    @Test(arguments: [
        ("UPDATE audit SET outcome = 'fine' WHERE seq = 3", 3, "row_hash is not the hash of the row"),
        ("DELETE FROM audit WHERE seq = 3", 4, "row 3 is missing"),
        ("UPDATE audit SET seq = 9 WHERE seq = 5", 9, "row 5 is missing"),
        ("UPDATE audit SET prev_hash = row_hash WHERE seq = 4", 4, "prev_hash is not the row_hash before it"),
        ("UPDATE audit SET row_mac = row_hash WHERE seq = 1", 1, "row_mac was not made with the key of this store"),
        ("UPDATE audit SET detail = NULL, pid = 0 WHERE seq IN (2, 4)", 2, "row_hash is not the hash of the row"),
    ])
    func `verifying names the first row that does not fit`(edit: String, sequence: Int64, problem: String) async throws
    {
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

    @Test func `a forger who recomputes the chain is stopped by the keyed hash`() async throws {
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
        ("DROP TRIGGER audit_no_update", "trigger audit_no_update"),
        ("DROP TRIGGER audit_no_delete", "trigger audit_no_delete"),
        (
            "DROP TRIGGER audit_insert_guard; CREATE TRIGGER audit_insert_guard BEFORE INSERT ON audit BEGIN SELECT 1; END",
            "trigger audit_insert_guard"
        ),
        ("CREATE TRIGGER quiet AFTER INSERT ON audit BEGIN DELETE FROM secret; END", "trigger quiet"),
    ])
    func `a missing or altered guard is named`(edit: String, name: String) async throws {
        let (sample, store) = try await chain()
        try sample.shell(edit)
        let result = try await store.verifyAudit()
        #expect(
            result
                == AuditVerification(rows: 5, firstBadSequence: nil, problem: "\(name) is not what tsaccounts made it")
        )
        await store.close()
    }

    @Test func `the audit of a write is rolled back with it`() async throws {
        let (sample, store) = try await chain()
        await #expect(throws: AccountsError.self) {
            _ = try await store.add(
                try sample.profile("SWING", tokens: nil),
                audit: [AuditEntry(.profileAdded)]
            )
        }
        #expect(try await store.auditRecords(AuditQuery()).count == 5)
        await store.close()
    }

    @Test func `writers in several stores make one chain without gaps`() async throws {
        let (sample, first) = try await chain()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 1...8 {
                group.addTask {
                    let store = try await sample.open()
                    for _ in 1...25 { try await store.record([AuditEntry(.fenced)]) }
                    await store.close()
                }
            }
            try await group.waitForAll()
        }
        #expect(try await first.verifyAudit() == AuditVerification(rows: 205, firstBadSequence: nil, problem: nil))
        await first.close()
    }

    /// Five rows: 1, 3 and 5 about the first login.
    private func chain() async throws -> (Sample, SQLiteCredentialStore) {
        let sample = try Sample()
        let store = try await sample.open()
        let id = try await store.add(
            try sample.profile("swing", tokens: sample.tokens("a")),
            audit: [AuditEntry(.profileAdded, profileName: "swing")]
        ).login.id
        for number in 2...5 {
            sample.clock.advance(milliseconds: 1)
            var entry = AuditEntry(
                .fenced,
                profileName: "swïng",
                loginID: number % 2 == 1 ? id : nil,
                detail: ["n": "\(number)"]
            )
            entry.outcome = "no"
            try await store.record([entry])
        }
        return (sample, store)
    }
}
