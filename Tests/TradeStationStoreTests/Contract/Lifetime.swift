import Testing
import TradeStationModel

extension CredentialStoreContract {
    /// Opening several stores, and closing them.
    @Suite(.serialized) struct Lifetime {
        @Test(arguments: StoreKind.all) func `every use of a closed store throws`(
            kind: StoreKind
        ) async throws {
            let (sample, store, id) = try await kind.signedIn()
            try await store.begin(sample.attempt(1), of: id, audit: [])
            await store.close()
            await store.close()
            let uses: [(any CredentialStore) async throws -> Void] = [
                { _ = try await $0.profiles() },
                { _ = try await $0.profile(named: ProfileName("swing")) },
                { _ = try await $0.profile(Profile.ID(rawValue: 1)) },
                { try await $0.change(Profile.ID(rawValue: 1), FenceChange(isReadOnly: true), audit: []) },
                { _ = try await $0.login(id) },
                { _ = try await $0.add(sample.profile("late", tokens: nil), audit: []) },
                { try await $0.begin(sample.attempt(2), of: id, audit: []) },
                { try await $0.stage(sample.staged("b", after: 1), for: id) },
                { _ = try await $0.commit(sample.commit("b", after: 1), to: id, audit: []) },
                { try await $0.recordFailure(AttemptFailure(code: .serverError), of: id, audit: []) },
                { try await $0.eraseTokens(of: id, leaving: .new, audit: []) },
                { try await $0.record([AuditEntry(.fenced)]) },
                { _ = try await $0.auditRecords(AuditQuery()) },
                { _ = try await $0.verifyAudit() },
            ]
            for use in uses {
                let error = try await #require(throws: AccountsError.self) { try await use(store) }
                #expect(error.code == .closed)
            }
            let next = try await kind.open(sample)
            let stored = try #require(try await next.login(id))
            #expect(stored.tokens == sample.tokens("a"))
            #expect(stored.login.attempt == sample.attempt(1))
            #expect(stored.staged == nil)
            #expect(try await next.verifyAudit().rows == 0)
            await next.close()
        }

        @Test(arguments: StoreKind.all) func `stores that share a place read each other's writes`(kind: StoreKind)
            async throws
        {
            let (sample, store, id) = try await kind.signedIn()
            let other = try await kind.open(sample)
            try await sample.refresh(store, id, from: 1)
            #expect(try await other.login(id)?.tokens == sample.tokens("g2"))
            await store.close()
            try await sample.refresh(other, id, from: 2)
            #expect(try await other.login(id)?.login.generation == 3)
            #expect(try await other.verifyAudit() == AuditVerification(rows: 4, firstBadSequence: nil, problem: nil))
            await other.close()
        }

        @Test(arguments: StoreKind.all) func `ten concurrent first opens share one store`(
            kind: StoreKind
        ) async throws {
            let sample = try Sample()
            let names = try await withThrowingTaskGroup(of: [String].self) { group in
                for number in 1...10 {
                    group.addTask {
                        let store = try await kind.open(sample)
                        _ = try await store.add(sample.profile("p\(number)", tokens: sample.tokens("a")), audit: [])
                        let names = try await store.profiles().map(\.name.text)
                        await store.close()
                        return names
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(names.map(\.count).sorted().last == 10)
            let store = try await kind.open(sample)
            #expect(try await store.profiles().count == 10)
            await store.close()
        }

        @Test(arguments: StoreKind.all) func `one of twenty commits on one generation is saved`(
            kind: StoreKind
        ) async throws {
            let (sample, store, id) = try await kind.signedIn()
            let outcomes = try await withThrowingTaskGroup(of: TokenCommit.Outcome.self) { group in
                for number in 1...20 {
                    group.addTask {
                        let other = try await kind.open(sample)
                        let outcome = try await other.commit(sample.commit("c\(number)", after: 1), to: id, audit: [])
                        await other.close()
                        return outcome
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count { $0.savedGeneration == 2 } == 1)
            #expect(outcomes.count { $0 == .superseded(generation: 2) } == 19)
            #expect(try await store.login(id)?.login.generation == 2)
            await store.close()
        }
    }
}
