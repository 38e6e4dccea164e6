import Foundation
import Testing
import TradeStationModel

@testable import TradeStationStore

/// Databases and rows that were put back from a copy.
///
/// The tests are serialized because all of them share this process's descriptors, of which each open store needs several.
@Suite(.serialized) struct OlderCopyTests {
    private let id = Login.ID(rawValue: 1)
    private let other = Login.ID(rawValue: 2)

    @Test func `a whole database that was put back is noticed by the change counters, and its tokens are held`()
        async throws
    {
        let sample = try await copied()
        try removeSideFiles(of: sample)
        try putBackDatabase(of: sample)
        let store = try await sample.open()
        #expect(try await store.listing().profiles.count == 2)
        #expect(try await isHeld(store))
        // The other login was not refreshed since the copy was made.
        #expect(try await store.login(other)?.login.state == .ready)
        await store.close()
    }

    @Test func `the first write keeps the evidence that the next publication of the counters removes`() async throws {
        let sample = try await copied()
        try removeSideFiles(of: sample)
        try putBackDatabase(of: sample)
        let writer = try await sample.open()
        for _ in 0..<20 { try await writer.record([AuditEntry(.fenced, loginID: other)]) }
        await writer.close()
        let store = try await sample.open()
        _ = try await store.listing()
        #expect(try await isHeld(store))
        let row = try #require(
            try await store.auditRecords(AuditQuery(loginID: id)).last { $0.text("event") == "rolled_back" }
        )
        #expect(row.text("outcome") == "store_rolled_back")
        // A sign-in saves new tokens, and they are not held.
        _ = try await store.commit(sample.commit("new", after: 1), to: id, audit: [])
        #expect(try await store.login(id)?.login.state == .ready)
        #expect(try await store.login(id)?.tokens == sample.tokens("new"))
        await store.close()
    }

    @Test func `the side file still has the newest tokens of a database that was put back`() async throws {
        let sample = try await copied()
        try putBackDatabase(of: sample)
        let store = try await sample.open()
        _ = try await store.listing()
        let staged = try #require(try await store.login(id)?.staged)
        #expect(staged.parentGeneration == 3)
        #expect(staged.tokens.refreshToken == Secret("refresh-g4"))
        await store.close()
    }

    @Test func `rows that were put back are noticed by the audit, and held`() async throws {
        let sample = try await copied()
        try removeSideFiles(of: sample)
        try putBackRows(of: sample)
        let store = try await sample.open()
        #expect(try await isHeld(store))
        #expect(try await store.login(other)?.login.state == .ready)
        // The generation after a sign-in follows the newest one, so no generation occurs twice.
        #expect(try await store.commit(sample.commit("new", after: 1), to: id, audit: []).savedGeneration == 5)
        #expect(try await store.login(id)?.tokens == sample.tokens("new"))
        await store.close()
    }

    @Test func `rows that were put back are held although the newest audit row of the login was edited`() async throws {
        let sample = try await copied()
        try removeSideFiles(of: sample)
        try putBackRows(of: sample)
        try sample.shell(
            """
            DROP TRIGGER audit_no_update; UPDATE audit SET detail = '{}' WHERE seq =
                (SELECT max(seq) FROM audit WHERE login_id = 1 AND generation_after IS NOT NULL)
            """
        )
        let store = try await sample.open()
        #expect(try await isHeld(store))
        await store.close()
    }

    @Test func `a late result that is the newest token replaces rows that were put back`() async throws {
        let sample = try await copied()
        var store = try await sample.open()
        // The answer to the newest generation's exchange, kept because another one was faster.
        _ = try await store.commit(sample.commit("late", after: 3), to: id, audit: [late(after: 3)])
        await store.close()
        try removeSideFiles(of: sample)
        try putBackRows(of: sample)
        store = try await sample.open()
        let staged = try #require(try await store.login(id)?.staged)
        #expect(staged.tokens == sample.tokens("late"))
        #expect(staged.parentGeneration == 3)
        await store.close()
    }

    @Test func `a late result that is older than the newest token replaces nothing`() async throws {
        let sample = try await copied()
        var store = try await sample.open()
        _ = try await store.commit(sample.commit("late", after: 2), to: id, audit: [late(after: 2)])
        await store.close()
        try removeSideFiles(of: sample)
        try putBackRows(of: sample)
        store = try await sample.open()
        #expect(try await isHeld(store))
        await store.close()
    }

    @Test func `an older copy with the newest refresh token is not held, because the key does not rotate`()
        async throws
    {
        let sample = try await copied(rotates: false)
        try putBackDatabase(of: sample)
        let store = try await sample.open()
        _ = try await store.listing()
        #expect(try await store.login(id)?.login.state == .ready)
        await store.close()
        try putBackRows(of: sample)
        let again = try await sample.open()
        #expect(try await again.login(id)?.login.state == .ready)
        await again.close()
    }

    @Test func `the lock of a login is enough to notice an older copy`() async throws {
        let sample = try await copied()
        try removeSideFiles(of: sample)
        try putBackDatabase(of: sample)
        let store = try await sample.open()
        let lock = try await store.lock(id, timeoutMilliseconds: 0)
        #expect(try await isHeld(store))
        lock.unlock()
        await store.close()
    }

    @Test func `a database that does not fit the log of a killed process is found before the first write`()
        async throws
    {
        let sample = try await killed()
        // A page that neither the log nor the write contains is of another state of the database.
        let page = try #require(
            Int(
                try sample.shell(
                    "SELECT rootpage FROM sqlite_schema WHERE name = 'audit_of_versions'",
                    options: ["-readonly"]
                )
                .output.trimmingCharacters(in: .newlines)
            )
        )
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: sample.database))
        try file.seek(toOffset: UInt64(page - 1) * 4096)
        try file.write(contentsOf: Data(count: 4096))
        try file.close()
        let store = try await sample.open()
        let error = await #expect(throws: AccountsError.self) {
            try await store.begin(sample.attempt(99), of: id, audit: [])
        }
        #expect(error?.code == .storeCorrupt)
        #expect(error?.message.contains("belongs to another database") == true)
        await store.close()
    }

    @Test(arguments: [
        "SELECT 1", "PRAGMA ignore_check_constraints = ON; UPDATE login SET state = 'broken' WHERE id = 2",
    ])
    func `the log of a killed process is checked, and then written to, also if a row is damaged`(
        edit: String
    ) async throws {
        let sample = try await killed(after: edit)
        let store = try await sample.open()
        try await refresh(store, sample, from: 5)
        #expect(try await store.verifyAudit().isIntact)
        await store.close()
    }

    /// A store whose process was killed, so that its log stays beside the database.
    private func killed(after edit: String = "SELECT 1") async throws -> Sample {
        let sample = try await copied()
        let store = try await sample.open()
        try sample.shell(edit)
        try await refresh(store, sample, from: 4)
        let files = ["", "-wal"].map { sample.database + $0 }
        let contents = try files.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
        await store.close()
        for (path, content) in zip(files, contents) {
            try content.write(to: URL(fileURLWithPath: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        }
        return sample
    }

    // MARK: Making older copies

    /// A store with two logins, a copy of its database from when the first one had generation 1, and three refreshes of that
    /// login since.
    private func copied(rotates: Bool = true) async throws -> Sample {
        let sample = try Sample()
        let store = try await sample.open()
        for name in ["swing", "other"] {
            var row = AuditEntry(.profileAdded, profileName: name)
            row.generationAfter = 1
            row.refreshTokenAfter = tokens(sample, 1, rotates).refreshToken
            let profile = try sample.profile(name, tokens: tokens(sample, 1, rotates), client: name)
            _ = try await store.add(profile, audit: [row])
        }
        await store.close()
        try FileManager.default.copyItem(atPath: sample.database, toPath: sample.root + "/backup.db")
        let again = try await sample.open()
        for generation in 1...3 { try await refresh(again, sample, from: generation, rotates: rotates) }
        await again.close()
        return sample
    }

    private func tokens(_ sample: Sample, _ generation: Int, _ rotates: Bool) -> TokenSet {
        var tokens = sample.tokens("g\(generation)")
        if !rotates { tokens.refreshToken = Secret("refresh-static") }
        return tokens
    }

    private func refresh(
        _ store: SQLiteCredentialStore,
        _ sample: Sample,
        from generation: Int,
        rotates: Bool = true
    ) async throws {
        let attempt = sample.attempt(generation)
        var entry = AuditEntry(.refreshStarted, profileName: "swing", loginID: id)
        entry.attemptID = attempt.id
        try await store.begin(attempt, of: id, audit: [entry])
        var staged = sample.staged("g\(generation + 1)", after: generation)
        staged.tokens = tokens(sample, generation + 1, rotates)
        try await store.stage(staged, for: id)
        var commit = sample.commit("g\(generation + 1)", after: generation)
        commit.tokens = staged.tokens
        entry.event = .refreshSucceeded
        entry.generationAfter = generation + 1
        entry.refreshTokenAfter = staged.tokens.refreshToken
        #expect(try await store.commit(commit, to: id, audit: [entry]).savedGeneration == generation + 1)
    }

    private func late(after generation: Int) -> AuditEntry {
        var entry = AuditEntry(.refreshSucceeded, profileName: "swing", loginID: id)
        entry.attemptID = String(repeating: "e", count: 32)
        entry.generationAfter = generation + 1
        return entry
    }

    private func putBackDatabase(of sample: Sample) throws {
        let copy = try Data(contentsOf: URL(fileURLWithPath: sample.root + "/backup.db"))
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: sample.database))
        try file.truncate(atOffset: 0)
        try file.write(contentsOf: copy)
        try file.close()
    }

    private func putBackRows(of sample: Sample) throws {
        let result = try sample.shell(
            """
            ATTACH '\(sample.root)/backup.db' AS backup;
            INSERT OR REPLACE INTO login SELECT * FROM backup.login WHERE id = 1;
            INSERT OR REPLACE INTO secret SELECT * FROM backup.secret WHERE login_id = 1;
            """
        )
        #expect(result.errors.isEmpty, "\(result.errors)")
    }

    private func removeSideFiles(of sample: Sample) throws {
        try FileManager.default.removeItem(atPath: sample.directory + "/pending")
    }

    private func isHeld(_ store: SQLiteCredentialStore) async throws -> Bool {
        let stored = try #require(try await store.login(id))
        return stored.login.state == .held && stored.login.lastError == "store_rolled_back" && stored.staged == nil
    }
}
