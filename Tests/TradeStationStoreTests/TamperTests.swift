import Crypto
import Foundation
import Testing
import TradeStationModel

@testable import TradeStationStore

/// The tests are serialized because all of them share this process's descriptors, of which each open store needs several.
@Suite(.serialized) struct TamperTests {
    @Test(arguments: [
        "UPDATE profile SET environment = 'sim' WHERE name = 'swing'",
        "UPDATE profile SET read_only = 1 WHERE name = 'swing'",
        "UPDATE profile SET api_url = 'https://thief.example' WHERE name = 'swing'",
        "UPDATE profile SET accounts = 'X1' WHERE name = 'swing'",
        "UPDATE profile SET login_id = 2 WHERE name = 'swing'",
        "UPDATE profile SET api_version = 'v2' WHERE name = 'swing'",
        "UPDATE profile SET mac = zeroblob(32) WHERE name = 'swing'",
        "UPDATE api_key SET token_url = 'https://thief.example/token' WHERE client_id = 'one'",
        "UPDATE api_key SET authorize_url = 'https://thief.example/authorize' WHERE client_id = 'one'",
        "UPDATE api_key SET authorize_url = 'http://thief.example/authorize' WHERE client_id = 'one'",
        "UPDATE api_key SET revoke_url = NULL WHERE client_id = 'one'",
        "UPDATE api_key SET redirect_uri = 'https://thief.example' WHERE client_id = 'one'",
        "UPDATE api_key SET client_id = 'three' WHERE client_id = 'one'",
        "UPDATE api_key SET client_auth = 'basic' WHERE client_id = 'one'",
        "UPDATE api_key SET pkce = 0 WHERE client_id = 'one'",
        "UPDATE api_key SET nonce = 0 WHERE client_id = 'one'",
    ])
    func `an edited row is reported as tampering`(edit: String) async throws {
        let (sample, store) = try await two()
        try sample.shell(edit)
        let before = try sample.shell(".dump").output
        let error = try await #require(throws: AccountsError.self) {
            _ = try await store.profile(named: ProfileName("swing"))
        }
        let listing = try await store.listing()
        #expect(listing.profiles.map(\.name.text) == ["other"])
        #expect(listing.damaged.map(\.name) == ["swing"])
        #expect(listing.damaged.map(\.error.code) == [.recordTampered])
        #expect(error.code == .recordTampered)
        #expect(error.profile == "swing")
        #expect(try await store.profile(named: ProfileName("other"))?.state == .ready)
        #expect(try sample.shell(".dump").output == before)
        await store.close()
    }

    @Test(arguments: [
        "UPDATE secret SET sealed = (SELECT sealed FROM secret AS o WHERE o.login_id = 2 AND o.kind = secret.kind) WHERE login_id = 1",
        "UPDATE secret SET sealed = (SELECT sealed FROM secret AS o WHERE o.login_id = 1 AND o.kind = 'access_token') WHERE login_id = 1 AND kind = 'refresh_token'",
        "UPDATE secret SET generation = 2 WHERE login_id = 1",
        "UPDATE login SET generation = 2 WHERE id = 1",
        "UPDATE login SET generation = 2 WHERE id = 1; UPDATE secret SET generation = 2 WHERE login_id = 1",
        "UPDATE login SET subject = 'auth0|2' WHERE id = 1",
        "UPDATE login SET subject = NULL WHERE id = 1",
        "UPDATE login SET api_key_id = 2 WHERE id = 1",
        "UPDATE secret SET sealed = substr(sealed, 1, length(sealed) - 1) WHERE login_id = 1",
        "UPDATE secret SET sealed = CAST(sealed || x'00' AS BLOB) WHERE login_id = 1",
        "UPDATE secret SET sealed = CAST(x'02' || substr(sealed, 2) AS BLOB) WHERE login_id = 1",
        "UPDATE secret SET sealed = zeroblob(29) WHERE login_id = 1",
        "UPDATE secret SET sealed = zeroblob(65536) WHERE api_key_id = 1",
        "UPDATE secret SET sealed = (SELECT sealed FROM secret AS o WHERE o.api_key_id = 2) WHERE api_key_id = 1",
    ])
    func `a moved or damaged secret does not open`(edit: String) async throws {
        let (sample, store) = try await two()
        try sample.shell(edit)
        let error = try await #require(throws: AccountsError.self) {
            _ = try await store.login(Login.ID(rawValue: 1))
        }
        #expect(error.code == .recordTampered)
        #expect(error.profile == "swing")
        #expect(try await store.login(Login.ID(rawValue: 2))?.tokens == sample.tokens("other"))
        await store.close()
    }

    @Test func `an envelope with one flipped bit does not open`() throws {
        let keyring = Keyring(master: .init(data: Data(1...32)), storeID: "s")
        let sealed = try keyring.seal(Array("token".utf8), for: .keyCheck, nonce: Array(1...12))
        #expect(keyring.open(sealed, for: .keyCheck) == Array("token".utf8))
        #expect(sealed.count == 1 + 12 + 5 + 16)
        for bit in 0..<(sealed.count * 8) {
            var damaged = sealed
            damaged[bit / 8] ^= 1 << (bit % 8)
            #expect(keyring.open(damaged, for: .keyCheck) == nil)
        }
    }

    @Test func `a secret that names another key than the store is reported as tampering`() async throws {
        let (sample, store) = try await two()
        try sample.shell("UPDATE secret SET key_id = '0123456789abcdef' WHERE login_id = 1")
        let error = try await #require(throws: AccountsError.self) {
            _ = try await store.login(Login.ID(rawValue: 1))
        }
        #expect(error.code == .recordTampered)
        await store.close()
    }

    @Test func `a commit on an edited endpoint is refused`() async throws {
        let (sample, store) = try await two()
        try sample.shell("UPDATE api_key SET token_url = 'https://thief.example/token' WHERE client_id = 'one'")
        let error = try await #require(throws: AccountsError.self) {
            _ = try await store.commit(sample.commit("b", after: 1), to: Login.ID(rawValue: 1), audit: [])
        }
        #expect(error.code == .recordTampered)
        #expect(try sample.shell("SELECT generation FROM login WHERE id = 1").output == "1\n")
        await store.close()
    }

    @Test func `a profile that was tampered with can be removed`() async throws {
        let (sample, store) = try await two()
        try sample.shell("UPDATE profile SET environment = 'sim' WHERE name = 'swing'")
        try await store.remove(Profile.ID(rawValue: 1), audit: [])
        #expect(try await store.profiles().map(\.name.text) == ["other"])
        await store.close()
    }

    @Test func `removing a profile keeps the side file of a login that a profile with a damaged name still uses`()
        async throws
    {
        let (sample, store) = try await two()
        let id = Login.ID(rawValue: 1)
        var shared = try sample.profile("shared", tokens: nil)
        shared.login = .existing(id)
        _ = try await store.add(shared, audit: [])
        try await store.stage(sample.staged("b", after: 1), for: id)
        try sample.shell("PRAGMA ignore_check_constraints = ON; UPDATE profile SET name = 'b d' WHERE name = 'shared'")
        try await store.remove(Profile.ID(rawValue: 1), audit: [])
        #expect(try await store.login(id)?.staged == sample.staged("b", after: 1))
        await store.close()
    }

    private func two() async throws -> (Sample, SQLiteCredentialStore) {
        let sample = try Sample()
        let store = try await sample.open()
        _ = try await store.add(
            try sample.profile("swing", tokens: sample.tokens("swing"), client: "one", secret: Secret("s1")),
            audit: []
        )
        _ = try await store.add(
            try sample.profile("other", tokens: sample.tokens("other"), client: "two", secret: Secret("s2")),
            audit: []
        )
        return (sample, store)
    }
}
