import Foundation
import Testing
import TradeStationModel

@testable import TradeStationStore

/// Rows that another program has edited, removed or put back from an older copy.
///
/// The tests are serialized because all of them share this process's descriptors, of which each open store needs several.
@Suite(.serialized) struct DamagedRowTests {
    private let id = Login.ID(rawValue: 1)

    @Test(arguments: [
        "UPDATE profile SET mac = zeroblob(32) WHERE id = 1", "UPDATE profile SET name = 'b d' WHERE id = 1",
        "UPDATE profile SET name = 'verify' WHERE id = 1", "UPDATE profile SET environment = 'moon' WHERE id = 1",
        "UPDATE profile SET created_at = 'yesterday' WHERE id = 1", "UPDATE profile SET login_id = 99 WHERE id = 1",
        "UPDATE profile SET version = 99 WHERE id = 1", "UPDATE profile SET api_url = 'ftp://x' WHERE id = 1",
        "UPDATE login SET state = 'broken' WHERE id = 1", "UPDATE login SET api_key_id = 99 WHERE id = 1",
        "UPDATE login SET access_expires_at = 'xxxxxxxxxxxxxxxxxxxxxxxx' WHERE id = 1",
        "UPDATE login SET signed_in_at = 'xxxxxxxxxxxxxxxxxxxxxxxx' WHERE id = 1",
        "UPDATE login SET refresh_expires_at = 'xxxxxxxxxxxxxxxxxxxxxxxx' WHERE id = 1",
        "UPDATE login SET absolute_expires_at = 'xxxxxxxxxxxxxxxxxxxxxxxx' WHERE id = 1",
        "UPDATE login SET not_before = 'xxxxxxxxxxxxxxxxxxxxxxxx' WHERE id = 1",
        "UPDATE login SET created_at = 'xxxxxxxxxxxxxxxxxxxxxxxx' WHERE id = 1",
        "UPDATE login SET sign_in_warned_of = 'xxxxxxxxxxxxxxxxxxxxxxxx' WHERE id = 1",
        "UPDATE login SET attempt_id = 'x', attempt_started_at = 'x' WHERE id = 1",
        "DROP TRIGGER login_generation_forward; UPDATE login SET generation = -1 WHERE id = 1",
        "DELETE FROM login WHERE id = 1", "DELETE FROM api_key WHERE id = 1",
        "UPDATE api_key SET mac = zeroblob(32) WHERE id = 1", "UPDATE api_key SET state = 'x' WHERE id = 1",
        "UPDATE api_key SET rotation = 'x' WHERE id = 1", "UPDATE api_key SET version = 99 WHERE id = 1",
        "UPDATE api_key SET not_before = 'xxxxxxxxxxxxxxxxxxxxxxxx' WHERE id = 1",
        "UPDATE api_key SET created_at = 'xxxxxxxxxxxxxxxxxxxxxxxx' WHERE id = 1",
    ])
    func `a damaged row concerns its profile only, and the profile can be removed`(edit: String) async throws {
        let (sample, store) = try await Sample.withTwoLogins()
        try sample.shell("PRAGMA ignore_check_constraints = ON; \(edit)")
        let listing = try await store.listing()
        #expect(listing.profiles.map(\.name.text) == ["other"])
        let damaged = try #require(listing.damaged.first)
        #expect(damaged.error.code == .recordTampered)
        #expect(damaged.error.suggestion?.hasPrefix("tsaccounts ") == true)
        #expect(try await store.login(Login.ID(rawValue: 2))?.tokens == sample.tokens("other"))
        try await sample.refresh(store, Login.ID(rawValue: 2), from: 1)

        try await store.remove(damaged.id, audit: [AuditEntry(.profileRemoved)])
        #expect(try await store.listing().names == ["other"])
        #expect(try await store.listing().damaged == [])
        // Nothing of it is left, so it can be added again.
        let again = try sample.profile("swing", tokens: sample.tokens("swing"), client: "one")
        #expect(try await store.add(again, audit: []).state == .ready)
        #expect(try sample.shell("SELECT count(*) FROM login; SELECT count(*) FROM api_key").output == "2\n2\n")
        #expect(try sample.shell("SELECT count(*) FROM secret").output == "8\n")
        await store.close()
    }

    @Test(arguments: ["zz", "", "-1"])
    func `an edited hash in the last audit row stops no refresh`(hash: String) async throws {
        let (sample, store) = try await Sample.withTwoLogins()
        try await sample.refresh(store, id, from: 1)
        try sample.shell(
            """
            DROP TRIGGER audit_no_update; PRAGMA ignore_check_constraints = ON;
            UPDATE audit SET row_hash = '\(hash)' WHERE seq = (SELECT max(seq) FROM audit)
            """
        )
        try await sample.refresh(store, Login.ID(rawValue: 2), from: 1)
        try await sample.refresh(store, id, from: 2)
        // The constraints are in force again.
        #expect(try sample.shell("SELECT count(*) FROM audit WHERE length(prev_hash) <> 64").output == "1\n")
        await store.close()
    }

    @Test func `a damaged login does not keep the other logins of its key from being saved`() async throws {
        let sample = try Sample()
        let store = try await sample.open()
        for name in ["swing", "other"] {
            _ = try await store.add(try sample.profile(name, tokens: sample.tokens(name)), audit: [])
        }
        try sample.shell("UPDATE login SET signed_in_at = 'xxxxxxxxxxxxxxxxxxxxxxxx' WHERE id = 1")
        // The first exchange shows that the key rotates, which changes the deadlines of all its logins.
        try await sample.refresh(store, Login.ID(rawValue: 2), from: 1)
        let record = try #require(try await store.profiles().first)
        #expect(record.login.refreshExpiresAt != nil)
        try await store.update(record.apiKey.id, registration: record.apiKey.registration, secret: nil, audit: [])
        await store.close()
    }

    @Test(
        arguments: ["client_secret", "refresh_token"],
        ["DELETE FROM secret WHERE", "UPDATE secret SET sealed = zeroblob(99) WHERE"]
    )
    func `a secret that is missing or does not open is tampering`(kind: String, edit: String) async throws {
        let (sample, store) = try await Sample.withTwoLogins()
        try sample.shell("\(edit) kind = '\(kind)' AND (login_id = 1 OR api_key_id = 1)")
        let error = try await #require(throws: AccountsError.self) { _ = try await store.login(id) }
        #expect(error.code == .recordTampered)
        let command = kind == "client_secret" ? "tsaccounts set swing --secret-file FILE" : "tsaccounts login swing"
        #expect(error.suggestion == command)
        #expect(try await store.login(Login.ID(rawValue: 2))?.tokens == sample.tokens("other"))
        await store.close()
    }

    @Test(
        arguments: ["access_token", "id_token", "late_result"],
        ["DELETE FROM secret WHERE", "UPDATE secret SET sealed = zeroblob(99) WHERE"]
    )
    func `a secret that the next refresh replaces may be missing or damaged`(kind: String, edit: String) async throws {
        let (sample, store) = try await Sample.withTwoLogins()
        _ = try await store.commit(sample.commit("late", after: 0), to: id, audit: [])
        try sample.shell("\(edit) kind = '\(kind)' AND login_id = 1")
        let stored = try #require(try await store.login(id))
        #expect(stored.refreshToken == Secret("refresh-swing"))
        #expect(stored.tokens?.accessToken == Secret(kind == "access_token" ? "" : "access-swing"))
        #expect(stored.tokens?.idToken == (kind == "id_token" ? nil : Secret("identity-swing")))
        await store.close()
    }

    @Test func `a grant without a refresh token is not tampering`() async throws {
        let (sample, store) = try await Sample.withTwoLogins()
        var commit = sample.commit("b", after: 1)
        commit.tokens.refreshToken = nil
        var entry = AuditEntry(.signedIn, profileName: "swing", loginID: id)
        entry.generationAfter = 2
        _ = try await store.commit(commit, to: id, audit: [entry])
        #expect(try await store.login(id)?.refreshToken == nil)
        #expect(try await store.login(id)?.tokens?.accessToken == Secret("access-b"))
        await store.close()
    }

    @Test func `a refresh token that was handed in and removed before its first exchange is tampering`() async throws {
        let sample = try Sample()
        let store = try await sample.open()
        _ = try await store.add(try sample.profile("swing", tokens: nil, refreshToken: Secret("r")), audit: [])
        try sample.shell("DELETE FROM secret WHERE kind = 'refresh_token'")
        let error = try await #require(throws: AccountsError.self) { _ = try await store.login(id) }
        #expect(error.code == .recordTampered)
        await store.close()
    }

    // MARK: Mending

    @Test(arguments: [
        "UPDATE login SET state = 'broken' WHERE id = 1",
        "UPDATE login SET created_at = 'xxxxxxxxxxxxxxxxxxxxxxxx' WHERE id = 1",
        "UPDATE login SET access_expires_at = 'xxxxxxxxxxxxxxxxxxxxxxxx' WHERE id = 1",
        "UPDATE login SET attempt_id = 'x', attempt_started_at = 'x' WHERE id = 1",
        "UPDATE login SET generation = 2 WHERE id = 1",
        "DELETE FROM secret WHERE kind = 'refresh_token' AND login_id = 1",
        "UPDATE secret SET sealed = zeroblob(99) WHERE login_id = 1",
        "UPDATE login SET subject = 'auth0|2' WHERE id = 1", "UPDATE login SET subject = NULL WHERE id = 1",
    ])
    func `a damaged login can be mended for a sign-in`(edit: String) async throws {
        let (sample, store) = try await Sample.withTwoLogins()
        try sample.shell("PRAGMA ignore_check_constraints = ON; \(edit)")
        let swing = try ProfileName("swing")
        #expect(try await store.mendLogin(of: swing))
        let stored = try #require(try await store.login(id))
        #expect(stored.login.state == .needsLogin)
        #expect(stored.login.identity.subject == nil || stored.login.identity.subject == "auth0|1")
        let generation = stored.login.generation
        var entry = AuditEntry(.signedIn, profileName: "swing", loginID: id)
        entry.generationAfter = generation + 1
        let outcome = try await store.commit(sample.commit("new", after: generation), to: id, audit: [entry])
        #expect(outcome.savedGeneration == generation + 1)
        #expect(try await store.login(id)?.tokens == sample.tokens("new"))
        #expect(try await store.listing().damaged == [])
        #expect(try await store.mendLogin(of: swing) == false)
        await store.close()
    }

    @Test func `mending keeps the user whom a secret proves`() async throws {
        let (sample, store) = try await Sample.withTwoLogins()
        try sample.shell("PRAGMA ignore_check_constraints = ON; UPDATE login SET state = 'broken' WHERE id = 1")
        #expect(try await store.mendLogin(of: ProfileName("swing")))
        #expect(try await store.login(id)?.login.identity.subject == "auth0|1")
        await store.close()
    }

    @Test(arguments: [
        "UPDATE profile SET mac = zeroblob(32) WHERE id = 1", "UPDATE api_key SET mac = zeroblob(32) WHERE id = 1",
        "DELETE FROM secret WHERE kind = 'client_secret' AND api_key_id = 1",
    ])
    func `what a sign-in does not mend is not touched`(edit: String) async throws {
        let (sample, store) = try await Sample.withTwoLogins()
        try sample.shell(edit)
        let before = try sample.shell(".dump").output
        let error = try await #require(throws: AccountsError.self) {
            _ = try await store.mendLogin(of: ProfileName("swing"))
        }
        #expect(error.code == .recordTampered)
        #expect(try sample.shell(".dump").output == before)
        await store.close()
    }

    // MARK: Older rows
}
