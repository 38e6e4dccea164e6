import Foundation
import Testing
import TradeStationModel

@testable import TradeStationStore

/// The tests are serialized because all of them share this process's descriptors, of which each open store needs several.
@Suite(.serialized) struct RefreshTests {
    @Test func `a generation never goes back`() async throws {
        let (sample, store, id) = try await signedIn()
        try await sample.refresh(store, id, from: 1)
        for generation in [1, 0] {
            let complaint = try sample.shell("UPDATE login SET generation = \(generation)").errors
            #expect(complaint.contains("generation must stay or grow"))
        }
        #expect(try await store.login(id)?.login.generation == 2)
        await store.close()
    }

    @Test func `a late result is kept sealed beside the current tokens`() async throws {
        let (sample, store, id) = try await signedIn()
        for name in ["b", "c"] { _ = try await store.commit(sample.commit(name, after: 1), to: id, audit: []) }
        #expect(
            try sample.shell("SELECT kind, generation FROM secret WHERE login_id = 1 ORDER BY kind").output
                == "access_token|2\nid_token|2\nlate_result|1\nrefresh_token|2\n"
        )
        await store.close()
    }

    @Test func `the view of profiles shows the state and error of a login that needs a sign-in`() async throws {
        let (sample, store, id) = try await signedIn()
        try await store.recordFailure(AttemptFailure(code: .loginRequired, needsLogin: true), of: id, audit: [])
        #expect(
            try sample.shell("SELECT state, last_error FROM profile_status").output == "needs_login|login_required\n"
        )
        await store.close()
    }

    @Test func `a hundred refreshes in one open store keep the audit intact`() async throws {
        let (sample, store, id) = try await signedIn()
        for generation in 1...100 { try await sample.refresh(store, id, from: generation) }
        #expect(try await store.verifyAudit() == AuditVerification(rows: 200, firstBadSequence: nil, problem: nil))
        #expect(
            try sample.shell("SELECT count(*), sum(result = 'refresh_succeeded') FROM refresh_history").output
                == "100|100\n"
        )
        await store.close()
    }

    @Test func `the history shows the generation and tokens of a recovered exchange`() async throws {
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
        #expect(outcome.savedGeneration == 2)
        #expect(try sample.shell(history).output == "recovered|2|12|12\n")
        await next.close()
    }

    @Test func `the history shows a refused exchange after which a newer generation was used`() async throws {
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

    @Test func `closing after one refresh leaves no write-ahead log`() async throws {
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
