import Foundation
import Testing
import TradeStationModel

@testable import TradeStationStore

/// Rows that were put back from an older copy, and rows of earlier versions.
///
/// The tests are serialized because they share this process's descriptors, of which each open store needs several.
@Suite(.serialized) struct OlderRowTests {
    private let id = Login.ID(rawValue: 1)

    @Test func `an older row of a profile with its old checksum is tampering`() async throws {
        let (sample, store) = try await Sample.withTwoLogins()
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
        let (sample, store) = try await Sample.withTwoLogins()
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
        let (sample, store) = try await Sample.withTwoLogins()
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
        let (sample, store) = try await Sample.withTwoLogins()
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
}
