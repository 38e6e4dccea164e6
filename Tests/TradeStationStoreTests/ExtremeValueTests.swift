import Foundation
import Testing
import TradeStationModel
import TradeStationTesting

@testable import TradeStationStore

/// Rows that another program has filled with the most extreme values that the schema allows.
///
/// The tests are serialized because all of them share this process's descriptors, of which each open store needs several.
@Suite(.serialized) struct ExtremeValueTests {
    @Test(arguments: [
        "access_expires_at = '9999-12-31T23:59:59.999Z', boot_id = 'boot-0'",
        "access_expires_at = '9999-12-31T23:59:59.999Z', boot_id = NULL, access_expires_boot_ms = NULL",
        "access_expires_at = '9999-12-31T23:59:59.999Z', access_expires_boot_ms = 9223372036854775807",
        "access_expires_boot_ms = 9223372036854775807", "access_expires_boot_ms = -9223372036854775808",
        "access_expires_at = '0001-01-01T00:00:00.000Z', boot_id = 'boot-0', access_expires_boot_ms = -1",
        "access_expires_at = NULL", "boot_id = 'boot-0'", "access_lifetime_s = 86400", "access_lifetime_s = 1",
        "access_lifetime_s = 9223372036854775807",
    ])
    func `an access token whose expiry was edited does not open, and all else of its login does`(
        edit: String
    ) async throws {
        let (sample, store, id) = try await signedIn()
        try sample.shell("PRAGMA ignore_check_constraints = ON; UPDATE login SET \(edit)")
        let stored = try #require(try await store.login(id))
        #expect(stored.tokens?.accessToken == Secret(""))
        #expect(stored.tokens?.idToken == sample.tokens("a").idToken)
        #expect(stored.refreshToken == sample.tokens("a").refreshToken)
        #expect(try await store.listing().damaged == [])
        // Nor is it shown to live longer than the server allowed.
        let shown = try #require(try await store.profiles().first).login.accessExpiresAt
        let now = sample.clock.wallTime()
        #expect(shown ?? now <= now.advanced(byMilliseconds: 1_200_000))
        // The next tokens replace it.
        #expect(try await store.commit(sample.commit("b", after: 1), to: id, audit: []).savedGeneration == 2)
        #expect(try await store.login(id)?.tokens == sample.tokens("b"))
        await store.close()
    }

    @Test func `the lifetime of an answer in the side file is limited`() async throws {
        let (sample, store, id) = try await signedIn()
        var staged = sample.staged("b", after: 1)
        staged.tokens.lifetimeSeconds = .max
        staged.tokens.expiresAt = Moment(
            wall: Timestamp(milliseconds: .max),
            bootID: sample.clock.bootID,
            bootMilliseconds: .max
        )
        try await store.stage(staged, for: id)
        let found = try #require(try await store.login(id)?.staged?.tokens)
        #expect(found.lifetimeSeconds == 86_400)
        #expect(found.rest(at: sample.clock.now()) == 0)
        await store.close()
    }

    @Test(arguments: [(9_223_372_036_854_775_807, 1_000_000), (1_000_001, 1_000_000), (-1, 0)])
    func `the number of failures is limited`(stored: Int, read: Int) async throws {
        let (sample, store, id) = try await signedIn()
        try sample.shell("PRAGMA ignore_check_constraints = ON; UPDATE login SET failures = \(stored)")
        #expect(try await store.login(id)?.login.failures == read)
        try await store.recordFailure(AttemptFailure(code: .serverError), of: id, audit: [])
        #expect(try await store.login(id)?.login.failures == min(read + (stored < 0 ? 0 : 1), 1_000_000))
        await store.close()
    }

    @Test(arguments: [9_223_372_036_854_775_807, -1])
    func `a generation that no refresh can reach is reported as tampering`(generation: Int) async throws {
        let (sample, store, id) = try await signedIn()
        try sample.shell(
            """
            PRAGMA ignore_check_constraints = ON; DROP TRIGGER login_generation_forward;
            UPDATE login SET generation = \(generation)
            """
        )
        let reading = try await #require(throws: AccountsError.self) { _ = try await store.login(id) }
        #expect(reading.code == .recordTampered)
        let saving = try await #require(throws: AccountsError.self) {
            _ = try await store.commit(sample.commit("b", after: generation), to: id, audit: [])
        }
        #expect(saving.code == .recordTampered)
        await store.close()
    }

    @Test(arguments: [
        "9223372036854775807", "9223372036854775806", "4611686018427387904", "4611686018427387903", "1000000", "0",
        "-1", "-9223372036854775808",
    ])
    func `an audit row whose number was edited stops no write, and its number is not given again`(number: String)
        async throws
    {
        let (sample, store, id) = try await signedIn()
        try await store.record([AuditEntry(.fenced), AuditEntry(.fenced)])
        let other = try await sample.open()
        for edited in ["(SELECT max(seq) FROM audit)", "1"] {
            let shown = try #require(store.changes.head)
            let guardSQL =
                "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit "
                + "BEGIN SELECT RAISE(ABORT, 'audit is append-only: no update'); END"
            // Only one row can have the number.
            try sample.shell(
                "DROP TRIGGER audit_no_update; UPDATE OR IGNORE audit SET seq = \(number) WHERE seq = \(edited); \(guardSQL)"
            )
            // Both stores read, refresh and notice each other.
            for (writer, reader) in [(store, other), (other, store)] {
                reader.changes.watch()
                let before = reader.changes.stamp(of: id)
                let generation = try #require(try await writer.login(id)).login.generation
                try await sample.refresh(writer, id, from: generation)
                reader.changes.watch()
                #expect(reader.changes.stamp(of: id) != before)
                #expect(try #require(try await reader.login(id)).login.state == .ready)
            }
            #expect(try #require(store.changes.head) > shown)
        }
        #expect(try await store.verifyAudit().problem != nil)
        // The guard still accepts no other row.
        let copied = try sample.shell("INSERT INTO audit SELECT * FROM audit WHERE event = 'refresh_started' LIMIT 1")
        #expect(copied.errors.contains("append-only"))
        await store.close()
        await other.close()
    }

    private func signedIn() async throws -> (Sample, SQLiteCredentialStore, Login.ID) {
        let sample = try Sample()
        let store = try await sample.open()
        let id = try await store.add(try sample.profile("swing", tokens: sample.tokens("a")), audit: []).login.id
        return (sample, store, id)
    }
}
