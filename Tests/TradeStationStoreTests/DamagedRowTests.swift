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
        let (sample, store) = try await two()
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
        let (sample, store) = try await two()
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
        let (sample, store) = try await two()
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
        let (sample, store) = try await two()
        _ = try await store.commit(sample.commit("late", after: 0), to: id, audit: [])
        try sample.shell("\(edit) kind = '\(kind)' AND login_id = 1")
        let stored = try #require(try await store.login(id))
        #expect(stored.refreshToken == Secret("refresh-swing"))
        #expect(stored.tokens?.accessToken == Secret(kind == "access_token" ? "" : "access-swing"))
        #expect(stored.tokens?.idToken == (kind == "id_token" ? nil : Secret("identity-swing")))
        await store.close()
    }

    @Test func `a grant without a refresh token is not tampering`() async throws {
        let (sample, store) = try await two()
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
        let (sample, store) = try await two()
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
        let (sample, store) = try await two()
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
        let (sample, store) = try await two()
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

    @Test func `an older row of a profile with its old checksum is tampering`() async throws {
        let (sample, store) = try await two()
        let swing = try #require(try await store.profile(named: ProfileName("swing"))).profile.id
        let changed = AuditEntry(.profileChanged, profileName: "swing", loginID: id)
        try sample.shell("CREATE TABLE old AS SELECT * FROM profile WHERE id = 1")
        try await store.change(swing, FenceChange(isReadOnly: true), audit: [changed])
        #expect(try await store.profile(swing)?.profile.isReadOnly == true)
        try sample.shell("INSERT OR REPLACE INTO profile SELECT * FROM old")
        let error = try await #require(throws: AccountsError.self) { _ = try await store.profile(swing) }
        #expect(error.code == .recordTampered)
        #expect(try await store.listing().damaged.map(\.name) == ["swing"])
        await store.close()
    }

    @Test func `an older row of an API key with its old checksum is tampering, for every login of the key`()
        async throws
    {
        let sample = try Sample()
        let store = try await sample.open()
        var record: ProfileRecord?
        for name in ["one", "two"] {
            record = try await store.add(
                try sample.profile(name, tokens: sample.tokens(name)),
                audit: [AuditEntry(.profileAdded, profileName: name)]
            )
        }
        let key = try #require(record?.apiKey)
        try sample.shell("CREATE TABLE old AS SELECT * FROM api_key")
        var registration = key.registration
        registration.redirectURI = "http://localhost:3000"
        try await store.update(
            key.id,
            registration: registration,
            secret: nil,
            audit: [AuditEntry(.profileChanged, profileName: "one", loginID: id)]
        )
        #expect(try await store.listing().damaged == [])
        try sample.shell("INSERT OR REPLACE INTO api_key SELECT * FROM old")
        #expect(try await store.listing().damaged.map(\.name) == ["one", "two"])
        let tokenURL = registration.tokenURL
        let error = try await #require(throws: AccountsError.self) {
            _ = try await store.apiKey(clientID: "client", tokenURL: tokenURL)
        }
        #expect(error.code == .recordTampered)
        await store.close()
    }

    @Test func `an audit row that was edited proves no version`() async throws {
        let (sample, store) = try await two()
        try sample.shell(
            """
            DROP TRIGGER audit_no_update;
            UPDATE audit SET detail = replace(detail, '"profile_version":"1"', '"profile_version":"0"')
            WHERE event = 'profile_added'
            """
        )
        let error = try await #require(throws: AccountsError.self) {
            _ = try await store.profile(named: ProfileName("swing"))
        }
        #expect(error.code == .recordTampered)
        await store.close()
    }

    @Test func `rows from before versions were counted are accepted, and get one with their next change`() async throws
    {
        let sample = try Sample()
        var store = try await sample.open()
        let record = try await store.add(try sample.profile("swing", tokens: sample.tokens("a")), audit: [])
        await store.close()
        // As an earlier version wrote them.
        let mac = try keyring(of: sample).mac(["profile", "1", "swing", "1", "live", "v3", nil, "0", nil]).hexadecimal
        try sample.shell("UPDATE profile SET version = 0, mac = x'\(mac)'")
        store = try await sample.open()
        #expect(try await store.profiles() == [record])
        try await store.change(record.profile.id, FenceChange(isReadOnly: true), audit: [])
        #expect(try sample.shell("SELECT version FROM profile").output == "1\n")
        #expect(try await store.profiles().first?.profile.isReadOnly == true)
        await store.close()
    }

    @Test func `an access token that an earlier version sealed costs one refresh`() async throws {
        let (sample, store) = try await two()
        let stored = try #require(try await store.login(id))
        let sealed = try keyring(of: sample).seal(
            Array("access-swing".utf8),
            for: SealContext(.accessToken, of: stored.login, key: stored.apiKey, generation: 1),
            nonce: Array(1...12)
        )
        try sample.shell(
            "UPDATE secret SET sealed = x'\(sealed.hexadecimal)' WHERE kind = 'access_token' AND login_id = 1"
        )
        #expect(sealed.first == 1)
        let old = try #require(try await store.login(id))
        #expect(old.tokens?.accessToken == Secret(""))
        #expect(old.refreshToken == Secret("refresh-swing"))
        try await sample.refresh(store, id, from: 1)
        #expect(try await store.login(id)?.tokens == sample.tokens("g2"))
        #expect(
            try sample.shell("SELECT hex(substr(sealed, 1, 1)) FROM secret WHERE login_id = 1 ORDER BY kind").output
                == "02\n01\n01\n"
        )
        await store.close()
    }

    @Test func `a side file that an earlier version sealed is recovered`() async throws {
        let (sample, store) = try await two()
        let stored = try #require(try await store.login(id))
        let sealed = try keyring(of: sample).seal(
            sample.staged("b", after: 1).encoded,
            for: SealContext(.staged, of: stored.login, key: stored.apiKey, generation: 1),
            nonce: Array(1...12)
        )
        try StoreFiles(location: sample.location, policy: .strict).sideFile(of: id).reserve().write(sealed)
        #expect(try await store.login(id)?.staged == sample.staged("b", after: 1))
        await store.close()
    }

    private func keyring(of sample: Sample) throws -> Keyring {
        Keyring(
            master: try #require(try KeyFile(path: sample.key, policy: .strict).load()),
            storeID: try sample.shell("SELECT store_id FROM store").output.trimmingCharacters(in: .newlines)
        )
    }

    private func two() async throws -> (Sample, SQLiteCredentialStore) {
        let sample = try Sample()
        let store = try await sample.open()
        for (name, client) in [("swing", "one"), ("other", "two")] {
            var row = AuditEntry(.profileAdded, profileName: name)
            row.generationAfter = 1
            row.refreshTokenAfter = sample.tokens(name).refreshToken
            _ = try await store.add(try sample.profile(name, tokens: sample.tokens(name), client: client), audit: [row])
        }
        return (sample, store)
    }
}
