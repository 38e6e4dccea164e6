import Testing
import TradeStationModel

extension CredentialStoreContract {
    /// Logins whose stored tokens are older than tokens that the store has got since.
    @Suite(.serialized) struct OlderCopies {
        @Test(arguments: StoreKind.all)
        func `the answer in the side file to a newer generation replaces the older copy, once`(kind: StoreKind)
            async throws
        {
            let (sample, store, id) = try await kind.signedIn()
            try await store.stage(sample.staged("newest", after: 7), for: id)
            let stored = try #require(try await store.login(id))
            let staged = try #require(stored.staged)
            #expect(stored.login.state == .ready)
            #expect(staged.parentGeneration == 7)
            #expect(staged.tokens == sample.tokens("newest"))
            #expect(try await store.commit(sample.commit("newest", after: 7), to: id, audit: []).savedGeneration == 8)
            #expect(try await store.login(id)?.staged == nil)
            #expect(try await store.login(id)?.tokens == sample.tokens("newest"))
            await store.close()
        }

        @Test(arguments: StoreKind.all)
        func `an answer to a newer generation than the stored one is saved, not kept as a late result`(kind: StoreKind)
            async throws
        {
            let (sample, store, id) = try await kind.signedIn()
            var entry = AuditEntry(.refreshSucceeded, profileName: "swing", loginID: id)
            entry.generationBefore = 7
            entry.generationAfter = 8
            let outcome = try await store.commit(sample.commit("newest", after: 7), to: id, audit: [entry])
            #expect(outcome.savedGeneration == 8)
            #expect(try await store.login(id)?.tokens == sample.tokens("newest"))
            #expect(try await store.lateResult(of: id) == nil)
            let row = try #require(try await store.auditRecords(AuditQuery()).last)
            #expect(row.integer("generation_after") == 8)
            #expect(row.text("detail")?.contains(#""stored_generation":"1""#) == true)
            await store.close()
        }

        @Test(arguments: StoreKind.all)
        func `a refresh token of this or an earlier generation of a login is known, until its tokens are erased`(
            kind: StoreKind
        ) async throws {
            let (sample, swing) = (try Sample(), try ProfileName("swing"))
            let store = try await kind.open(sample)
            var signedIn = AuditEntry(.signedIn, profileName: "swing")
            signedIn.refreshTokenAfter = Secret("refresh-a")
            let profile = try sample.profile("swing", tokens: sample.tokens("a"))
            let id = try await store.add(profile, audit: [signedIn]).login.id
            #expect(try await store.profile(withRefreshToken: Secret("refresh-a")) == swing)
            #expect(try await store.profile(withRefreshToken: Secret("refresh-b")) == nil)
            var entry = AuditEntry(.refreshSucceeded, profileName: "swing", loginID: id)
            entry.generationAfter = 2
            entry.refreshTokenBefore = Secret("refresh-a")
            entry.refreshTokenAfter = Secret("refresh-b")
            _ = try await store.commit(sample.commit("b", after: 1), to: id, audit: [entry])
            #expect(try await store.profile(withRefreshToken: Secret("refresh-a")) == swing)
            #expect(try await store.profile(withRefreshToken: Secret("refresh-b")) == swing)
            let handedIn = try sample.profile("other", tokens: nil, refreshToken: Secret("refresh-x"), client: "two")
            _ = try await store.add(handedIn, audit: [])
            #expect(try await store.profile(withRefreshToken: Secret("refresh-x")) == ProfileName("other"))
            try await store.eraseTokens(of: id, leaving: .new, audit: [])
            #expect(try await store.profile(withRefreshToken: Secret("refresh-a")) == nil)
            #expect(try await store.profile(withRefreshToken: Secret("refresh-b")) == nil)
            await store.close()
        }
    }
}
