import Testing
import TradeStationModel

extension CredentialStoreContract {
    /// Answers that the database does not have yet.
    @Suite(.serialized) struct SideFiles {
        @Test(arguments: StoreKind.all) func `a staged answer is found by the next process`(kind: StoreKind)
            async throws
        {
            let (sample, store, id) = try await kind.signedIn()
            try await store.begin(sample.attempt(1), of: id, audit: [])
            try await store.stage(sample.staged("b", after: 1), for: id)
            try await store.synchronizeStaged(for: id)
            let other = try await kind.open(sample)
            #expect(try await other.login(id)?.staged == sample.staged("b", after: 1))
            #expect(try await other.commit(sample.commit("b", after: 1), to: id, audit: []).savedGeneration == 2)
            #expect(try await other.login(id)?.staged == nil)
            await store.close()
            await other.close()
        }

        @Test(arguments: StoreKind.all) func `a staged answer to an older generation is ignored`(kind: StoreKind)
            async throws
        {
            let (sample, store, id) = try await kind.signedIn()
            try await store.stage(sample.staged("b", after: 0), for: id)
            #expect(try await store.login(id)?.staged == nil)
            try await store.stage(sample.staged("b", after: 1), for: id)
            #expect(try await store.login(id)?.staged == sample.staged("b", after: 1))
            await store.close()
        }

        @Test(arguments: StoreKind.all)
        func `erasing tokens wipes the side file, and an answer that is staged afterwards is ignored`(kind: StoreKind)
            async throws
        {
            let (sample, store, id) = try await kind.signedIn()
            let other = try await kind.open(sample)
            try await other.begin(sample.attempt(1), of: id, audit: [])
            try await store.eraseTokens(of: id, leaving: .new, audit: [AuditEntry(.signedOut, loginID: id)])
            let stored = try #require(try await store.login(id))
            #expect(stored.tokens == nil)
            #expect(stored.refreshToken == nil)
            #expect(stored.login.state == .new)
            #expect(stored.login.accessExpiresAt == nil)
            #expect(stored.login.identity.username == "jane")
            #expect(stored.clientSecret == Secret("client-secret"))

            try await other.stage(sample.staged("b", after: 1), for: id)
            #expect(try await store.login(id)?.staged == nil)
            #expect(
                try await other.commit(sample.commit("b", after: 1), to: id, audit: []) == .superseded(generation: 2)
            )
            #expect(try await store.login(id)?.tokens == nil)
            await store.close()
            await other.close()
        }

        @Test(arguments: StoreKind.all) func `removing the last profile removes its login, key, secrets and side file`(
            kind: StoreKind
        ) async throws {
            let (sample, store, id) = try await kind.signedIn()
            let second = try await store.add(
                NewProfile(
                    name: ProfileName("paper"),
                    environment: .sim,
                    apiVersion: .v3,
                    apiURL: nil,
                    login: .existing(id)
                ),
                audit: []
            )
            #expect(second.login.id == id)
            try await store.begin(sample.attempt(1), of: id, audit: [])
            try await store.remove(Profile.ID(rawValue: 1), audit: [])
            #expect(try await store.login(id)?.tokens == sample.tokens("a"))
            try await store.remove(
                second.profile.id,
                audit: [AuditEntry(.profileRemoved, profileName: "paper", loginID: id)]
            )
            #expect(try await store.login(id) == nil)
            #expect(try await store.apiKey(clientID: "client", tokenURL: second.apiKey.registration.tokenURL) == nil)
            #expect(try await store.auditRecords(AuditQuery()).count == 1)
            let again = try await store.add(try sample.profile("paper", tokens: nil), audit: [])
            #expect(again.login.id.rawValue == id.rawValue + 1)
            await store.close()
        }

        @Test(arguments: StoreKind.all) func `three tokens of 16 KiB fit into the reserved space`(kind: StoreKind)
            async throws
        {
            let (sample, store, id) = try await kind.signedIn()
            var staged = sample.staged("b", after: 1)
            let long = Secret(String(repeating: "x", count: 16_384))
            staged.tokens.accessToken = long
            staged.tokens.refreshToken = long
            staged.tokens.idToken = long
            try await store.begin(sample.attempt(1), of: id, audit: [])
            try await store.stage(staged, for: id)
            #expect(try await store.login(id)?.staged == staged)
            await store.close()
        }

        @Test(arguments: StoreKind.all, [false, true])
        func `syncing an answer that was never staged throws`(kind: StoreKind, hasBegun: Bool) async throws {
            let (sample, store, id) = try await kind.signedIn()
            if hasBegun { try await store.begin(sample.attempt(1), of: id, audit: []) }
            let error = try await #require(throws: AccountsError.self) { try await store.synchronizeStaged(for: id) }
            #expect(error.code == .storeCorrupt)
            await store.close()
        }

        @Test(arguments: StoreKind.all) func `syncing an answer that was wiped with its tokens throws`(
            kind: StoreKind
        ) async throws {
            let (sample, store, id) = try await kind.signedIn()
            try await store.begin(sample.attempt(1), of: id, audit: [])
            try await store.stage(sample.staged("b", after: 1), for: id)
            try await store.synchronizeStaged(for: id)
            try await store.eraseTokens(of: id, leaving: .new, audit: [])
            let error = try await #require(throws: AccountsError.self) { try await store.synchronizeStaged(for: id) }
            #expect(error.code == .storeCorrupt)
            await store.close()
        }

        @Test(arguments: StoreKind.all) func `a later answer replaces an earlier one`(kind: StoreKind) async throws {
            let (sample, store, id) = try await kind.signedIn()
            try await store.stage(sample.staged("long-\(String(repeating: "x", count: 999))", after: 1), for: id)
            try await store.stage(sample.staged("b", after: 1), for: id)
            #expect(try await store.login(id)?.staged == sample.staged("b", after: 1))
            await store.close()
        }
    }
}
