import Testing
import TradeStationModel
import TradeStationTesting

extension CredentialStoreContract {
    /// Answers that arrive after a newer generation was saved.
    @Suite(.serialized) struct LateResults {
        @Test(arguments: StoreKind.all) func `of two commits on one generation the second is kept as a late result`(
            kind: StoreKind
        ) async throws {
            let (sample, store, id) = try await kind.signedIn()
            let other = try await kind.open(sample)
            #expect(try await store.commit(sample.commit("b", after: 1), to: id, audit: []).savedGeneration == 2)

            try await other.begin(sample.attempt(7), of: id, audit: [])
            var entry = AuditEntry(.refreshSucceeded, profileName: "swing", loginID: id)
            entry.attemptID = sample.attempt(7).id
            entry.generationAfter = 2
            entry.refreshTokenAfter = Secret("refresh-c")
            let outcome = try await other.commit(
                sample.commit("c", after: 1),
                to: id,
                audit: [AuditEntry(.outcomeUnknown, loginID: id), entry, AuditEntry(.recovered, loginID: id)]
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
            await store.close()
            await other.close()
        }

        /// A store with a late result `c` beside the current tokens `b`.
        private func late(_ kind: StoreKind) async throws -> (Sample, any CredentialStore, Login.ID) {
            let (sample, store, id) = try await kind.signedIn()
            _ = try await store.commit(sample.commit("b", after: 1), to: id, audit: [])
            var entry = AuditEntry(.refreshSucceeded, loginID: id)
            entry.attemptID = sample.attempt(7).id
            let outcome = try await store.commit(sample.commit("c", after: 1), to: id, audit: [entry])
            #expect(outcome == .superseded(generation: 2))
            return (sample, store, id)
        }

        @Test(arguments: StoreKind.all) func `a late result can be read in every state of the login`(kind: StoreKind)
            async throws
        {
            let (sample, store, id) = try await late(kind)
            #expect(try await store.login(id)?.lateResult == nil)
            let result = try #require(try await store.lateResult(of: id))
            #expect(result.generation == 1)
            #expect(result.attemptID == sample.attempt(7).id)
            #expect(result.refreshToken == Secret("refresh-c"))
            #expect(try await store.lateResult(of: Login.ID(rawValue: 99)) == nil)
            await store.close()
        }

        @Test(arguments: StoreKind.all)
        func `a login that needs a sign-in includes its late result, which can be committed`(
            kind: StoreKind
        ) async throws {
            let (sample, store, id) = try await late(kind)
            try await store.recordFailure(
                AttemptFailure(code: .loginRequired, needsLogin: true),
                of: id,
                audit: [AuditEntry(.needsLogin, loginID: id)]
            )
            let result = try #require(try await store.login(id)?.lateResult)
            #expect(result.parentGeneration == 2)
            #expect(result.tokens == sample.tokens("c"))
            #expect(result.rotation == .rotating)
            let commit = TokenCommit(
                parentGeneration: result.parentGeneration,
                tokens: result.tokens,
                identity: result.identity,
                rotation: result.rotation
            )
            #expect(try await store.commit(commit, to: id, audit: []).savedGeneration == 3)
            let stored = try #require(try await store.login(id))
            #expect(stored.login.state == .ready)
            #expect(stored.tokens == sample.tokens("c"))
            #expect(try await store.lateResult(of: id) == nil)
            await store.close()
        }

        @Test(arguments: StoreKind.all) func `a later commit removes a late result, and so does erasing the tokens`(
            kind: StoreKind
        ) async throws {
            let (sample, store, id) = try await late(kind)
            #expect(try await store.commit(sample.commit("d", after: 2), to: id, audit: []).savedGeneration == 3)
            #expect(try await store.lateResult(of: id) == nil)
            _ = try await store.commit(sample.commit("e", after: 1), to: id, audit: [])
            #expect(try await store.lateResult(of: id) != nil)
            try await store.eraseTokens(of: id, leaving: .needsLogin, audit: [])
            #expect(try await store.lateResult(of: id) == nil)
            #expect(try await store.login(id)?.lateResult == nil)
            await store.close()
        }
    }
}
