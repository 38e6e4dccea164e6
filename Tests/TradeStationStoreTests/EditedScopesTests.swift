import Testing
import TradeStationModel

@testable import TradeStationStore

/// No checksum covers the scopes of a login, but the audit contains them.
@Suite struct EditedScopesTests {
    private static let edits = ["''", "'openid'", "'openid offline_access Trade'"]
    private let id = Login.ID(rawValue: 1)

    @Test(arguments: edits) func `edited scopes concern their profile only, and a sign-in restores them`(edit: String)
        async throws
    {
        let (sample, store) = try await Sample.withTwoLogins()
        try sample.shell("UPDATE login SET scopes = \(edit) WHERE id = 1")
        #expect(try await store.listing().profiles.map(\.name.text) == ["other"])
        #expect(try await store.listing().damaged.map(\.error.suggestion) == ["tsaccounts login swing"])
        let error = try await #require(throws: AccountsError.self) { _ = try await store.login(id) }
        #expect(error.code == .recordTampered)
        #expect(try await store.mendLogin(of: ProfileName("swing")))
        let mended = try #require(try await store.login(id))
        #expect(mended.login.scopes == "openid offline_access")
        // The tokens do not depend on the scopes.
        #expect(mended.login.state == .ready)
        #expect(mended.tokens == sample.tokens("swing"))
        #expect(try await store.mendLogin(of: ProfileName("swing")) == false)
        await store.close()
    }

    @Test(arguments: edits) func `a change of the key does not make edited scopes genuine`(edit: String) async throws {
        let sample = try Sample()
        let store = try await sample.open()
        for name in ["swing", "other"] {
            let row = AuditEntry(.profileAdded, profileName: name)
            _ = try await store.add(try sample.profile(name, tokens: sample.tokens(name)), audit: [row])
        }
        let key = try #require(try await store.profiles().first).apiKey
        try sample.shell("UPDATE login SET scopes = \(edit) WHERE id = 1")
        var registration = key.registration
        registration.usesNonce = false
        try await store.update(
            key.id,
            registration: registration,
            secret: nil,
            audit: [AuditEntry(.profileChanged, profileName: "other", loginID: Login.ID(rawValue: 2))]
        )
        #expect(try await store.listing().profiles.map(\.name.text) == ["other"])
        await store.close()
    }

    @Test func `a store of an earlier version is read, and its scopes are recorded with the next change`() async throws
    {
        let sample = try Sample()
        let store = try await sample.open()
        // Earlier versions did not record the scopes.
        let profile = try await store.add(sample.profile("swing", tokens: sample.tokens("a")), audit: []).profile.id
        try sample.shell("UPDATE login SET scopes = 'openid'")
        #expect(try await store.login(id)?.login.scopes == "openid")
        let row = AuditEntry(.profileChanged, profileName: "swing", loginID: id)
        try await store.change(profile, FenceChange(isReadOnly: true), audit: [row])
        try sample.shell("UPDATE login SET scopes = 'openid Trade'")
        #expect(try await store.listing().damaged.count == 1)
        await store.close()
    }
}
