import Foundation
import Testing
import TradeStationModel

@testable import TradeStationStore

@Suite(.serialized) struct RefreshTests {
    @Test func `of two commits on one generation the second is kept as a late result`() async throws {
        let (sample, store, id) = try await signedIn()
        let other = try await sample.open()
        #expect(try await store.commit(sample.commit("b", after: 1), to: id, audit: []) == .saved(generation: 2))

        try await other.begin(sample.attempt(7), of: id, audit: [])
        var entry = AuditEntry(.refreshSucceeded, profileName: "swing", loginID: id)
        entry.attemptID = sample.attempt(7).id
        entry.generationAfter = 2
        entry.refreshTokenAfter = Secret("refresh-c")
        let outcome = try await other.commit(
            sample.commit("c", after: 1),
            to: id,
            audit: [entry, AuditEntry(.recovered, loginID: id)]
        )
        #expect(outcome == .superseded(generation: 2))

        let stored = try #require(try await store.login(id))
        #expect(stored.tokens == sample.tokens("b"))
        #expect(stored.login.generation == 2)
        #expect(stored.login.attempt == nil)
        let rows = try await store.auditRecords(AuditQuery())
        #expect(rows.map { $0.text("event") } == ["late_result"])
        #expect(rows[0].integer("generation_before") == 1)
        #expect(rows[0].integer("generation_after") == 2)
        #expect(rows[0].text("attempt_id") == sample.attempt(7).id)
        #expect(rows[0].text("refresh_fp_after")?.count == 12)
        #expect(
            try sample.shell("SELECT kind, generation FROM secret WHERE login_id = 1 ORDER BY kind").output
                == "access_token|2\nid_token|2\nlate_result|1\nrefresh_token|2\n"
        )
        await store.close()
        await other.close()
    }

    @Test func `a generation cannot go back, nor jump`() async throws {
        let (sample, store, id) = try await signedIn()
        try await sample.refresh(store, id, from: 1)
        for generation in [1, 4] {
            let complaint = try sample.shell("UPDATE login SET generation = \(generation)").errors
            #expect(complaint.contains("generation must stay or grow by one"))
        }
        #expect(try await store.login(id)?.login.generation == 2)
        await store.close()
    }

    @Test func `a commit forgets failures, pauses and a refused key`() async throws {
        let (sample, store, id) = try await signedIn()
        let pause = sample.clock.wallTime().advanced(byMilliseconds: 60_000)
        try await store.begin(sample.attempt(1), of: id, audit: [AuditEntry(.refreshStarted, loginID: id)])
        try await store.settle(
            AttemptFailure(code: .serverError, notBefore: pause),
            of: id,
            audit: [AuditEntry(.refreshFailed, loginID: id)]
        )
        try await store.settle(
            AttemptFailure(code: .clientRejected, isBadClient: true, keyNotBefore: pause),
            of: id,
            audit: []
        )
        var record = try #require(try await store.profiles().first)
        #expect(record.state == .badClient)
        #expect(record.login.failures == 2)
        #expect(record.login.lastError == "client_rejected")
        #expect(record.login.notBefore == nil)
        #expect(record.apiKey.lastError == "client_rejected")
        #expect(record.apiKey.notBefore == pause)
        #expect(record.login.attempt == nil)

        try await sample.refresh(store, id, from: 1)
        record = try #require(try await store.profiles().first)
        #expect(record.state == .ready)
        #expect(record.login.failures == 0)
        #expect(record.login.lastError == nil)
        #expect(record.apiKey.lastError == nil)
        #expect(record.notBefore == nil)
        await store.close()
    }

    @Test func `a failure touches no token, and may ask for a new sign-in`() async throws {
        let (sample, store, id) = try await signedIn()
        try await store.settle(
            AttemptFailure(code: .loginRequired, needsLogin: true),
            of: id,
            audit: [AuditEntry(.needsLogin, loginID: id)]
        )
        let stored = try #require(try await store.login(id))
        #expect(stored.login.state == .needsLogin)
        #expect(stored.tokens == sample.tokens("a"))
        #expect(stored.login.generation == 1)
        #expect(
            try sample.shell("SELECT state, last_error FROM profile_status").output == "needs_login|login_required\n"
        )
        await store.close()
    }

    @Test func `an attempt replaces the one a dead process left`() async throws {
        let (sample, store, id) = try await signedIn()
        try await store.begin(sample.attempt(1), of: id, audit: [])
        try await store.begin(
            sample.attempt(2),
            of: id,
            audit: [AuditEntry(.outcomeUnknown, loginID: id), AuditEntry(.refreshStarted, loginID: id)]
        )
        #expect(try await store.login(id)?.login.attempt == sample.attempt(2))
        #expect(
            try await store.auditRecords(AuditQuery()).map { $0.text("event") } == [
                "outcome_unknown", "refresh_started",
            ]
        )
        await store.close()
    }

    @Test(arguments: [(0, 1), (1, 1), (1200, 1200), (90_000, 86_400)])
    func `a lifetime is kept within a second and a day`(given: Int, kept: Int) async throws {
        let (sample, store, id) = try await signedIn()
        var commit = sample.commit("b", after: 1)
        commit.tokens.lifetimeSeconds = given
        _ = try await store.commit(commit, to: id, audit: [])
        #expect(try await store.login(id)?.tokens?.lifetimeSeconds == kept)
        await store.close()
    }

    @Test func `what a commit does not say stays, and a token it does not bring goes`() async throws {
        let (sample, store, id) = try await signedIn()
        var commit = sample.commit("b", after: 1)
        commit.identity = nil
        commit.rotation = .unknown
        commit.tokens.idToken = nil
        _ = try await store.commit(commit, to: id, audit: [])
        let stored = try #require(try await store.login(id))
        #expect(stored.login.identity == Identity(subject: "auth0|1", username: "jane"))
        #expect(stored.login.scopes == "openid offline_access")
        #expect(stored.tokens?.idToken == nil)
        #expect(stored.tokens?.accessToken == Secret("access-b"))
        await store.close()
    }

    @Test func `a user who becomes known is sealed in with the new tokens`() async throws {
        let sample = try Sample()
        let store = try await sample.open()
        var new = try sample.profile("swing", tokens: nil, refreshToken: Secret("handed-in"))
        guard case .new(var login) = new.login else { return }
        login.identity = Identity()
        new.login = .new(login)
        let record = try await store.add(new, audit: [])
        #expect(record.login.state == .ready)
        #expect(record.login.generation == 0)
        let before = try #require(try await store.login(record.login.id))
        #expect(before.tokens == nil)
        #expect(before.refreshToken == Secret("handed-in"))
        _ = try await store.commit(sample.commit("b", after: 0), to: record.login.id, audit: [])
        let after = try #require(try await store.login(record.login.id))
        #expect(after.tokens == sample.tokens("b"))
        #expect(after.login.identity.subject == "auth0|1")
        await store.close()
    }

    @Test func `a cancelled task still saves`() async throws {
        let (sample, store, id) = try await signedIn()
        let commit = sample.commit("b", after: 1)
        let saving = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await store.commit(commit, to: id, audit: [AuditEntry(.refreshSucceeded, loginID: id)])
        }
        #expect(try await saving.value == .saved(generation: 2))
        #expect(try await store.login(id)?.tokens == sample.tokens("b"))
        await store.close()
    }

    @Test func `a login that was removed meanwhile takes no tokens`() async throws {
        let (sample, store, id) = try await signedIn()
        try await store.remove(Profile.ID(rawValue: 1), audit: [])
        let error = try await #require(throws: AccountsError.self) {
            _ = try await store.commit(sample.commit("b", after: 1), to: id, audit: [])
        }
        #expect(error.code == .profileNotFound)
        #expect(try await store.login(id) == nil)
        await store.close()
    }

    @Test func `a hundred refreshes in one open store`() async throws {
        let (sample, store, id) = try await signedIn()
        for generation in 1...100 { try await sample.refresh(store, id, from: generation) }
        #expect(try await store.verifyAudit() == AuditVerification(rows: 200, firstBadSequence: nil, problem: nil))
        #expect(
            try sample.shell("SELECT count(*), sum(result = 'refresh_succeeded') FROM refresh_history").output
                == "100|100\n"
        )
        await store.close()
    }

    @Test func `the history shows an exchange that was recovered as what it brought`() async throws {
        let (sample, store, id) = try await signedIn()
        var entry = AuditEntry(.refreshStarted, profileName: "swing", loginID: id)
        entry.attemptID = sample.attempt(1).id
        entry.generationBefore = 1
        try await store.begin(sample.attempt(1), of: id, audit: [entry])
        try await store.stage(sample.staged("b", after: 1), for: id)
        await store.close()
        let history = """
            SELECT result, generation_after, length(refresh_fp_after), length(access_fp_after) FROM refresh_history
            """
        #expect(try sample.shell(history).output == "unfinished|||\n")

        let next = try await sample.open()
        let staged = try #require(try await next.login(id)?.staged)
        entry.event = .recovered
        entry.generationAfter = 2
        entry.refreshTokenAfter = staged.tokens.refreshToken
        entry.accessTokenAfter = staged.tokens.accessToken
        let outcome = try await next.commit(sample.commit("b", after: 1), to: id, audit: [entry])
        #expect(outcome == .saved(generation: 2))
        #expect(try sample.shell(history).output == "recovered|2|12|12\n")
        await next.close()
    }

    @Test func `the history shows a refused exchange that a newer generation explained`() async throws {
        let (sample, store, id) = try await signedIn()
        var entry = AuditEntry(.refreshStarted, profileName: "swing", loginID: id)
        entry.attemptID = sample.attempt(1).id
        try await store.begin(sample.attempt(1), of: id, audit: [entry])
        entry.event = .refreshAdopted
        entry.generationAfter = 2
        entry.httpStatus = 403
        try await store.record([entry])
        #expect(
            try sample.shell("SELECT result, generation_after, http_status FROM refresh_history").output
                == "refresh_adopted|2|403\n"
        )
        await store.close()
    }

    @Test func `one refresh in a store of its own`() async throws {
        let (sample, first, id) = try await signedIn()
        await first.close()
        let store = try await sample.open()
        try await sample.refresh(store, id, from: 1)
        await store.close()
        #expect(!FileManager.default.fileExists(atPath: sample.database + "-wal"))
    }

    private func signedIn() async throws -> (Sample, SQLiteCredentialStore, Login.ID) {
        let sample = try Sample()
        let store = try await sample.open()
        let id = try await store.add(try sample.profile("swing", tokens: sample.tokens("a")), audit: []).login.id
        return (sample, store, id)
    }
}
