import Foundation
import Testing
import TradeStationModel

@testable import TradeStationStore

@Suite(.serialized) struct StoreLifeTests {
    @Test func `what is added is read back, also after closing and opening`() async throws {
        let sample = try Sample()
        let store = try await sample.open()
        let added = try await store.add(try sample.profile("swing", tokens: sample.tokens("a")), audit: [])
        #expect(added.state == .ready)
        #expect(added.login.generation == 1)
        await store.close()

        let again = try await sample.open()
        #expect(try await again.profiles() == [added])
        #expect(try await again.profile(named: ProfileName("SWING")) == added)
        #expect(try await again.profile(named: ProfileName("other")) == nil)
        let stored = try #require(try await again.login(added.login.id))
        #expect(stored.tokens == sample.tokens("a"))
        #expect(stored.refreshToken == Secret("refresh-a"))
        #expect(stored.clientSecret == Secret("client-secret"))
        #expect(stored.staged == nil)
        #expect(stored.apiKey.registration == (try sample.registration()))
        await again.close()
    }

    @Test func `a refresh goes through begin, stage and commit`() async throws {
        let sample = try Sample()
        let store = try await sample.open()
        let id = try await store.add(try sample.profile("swing", tokens: sample.tokens("a")), audit: []).login.id
        try await store.begin(sample.attempt(1), of: id, audit: [AuditEntry(.refreshStarted, loginID: id)])
        #expect(try await store.profiles().first?.state == .refreshing)
        try await store.stage(sample.staged("b", after: 1), for: id)
        #expect(try await store.login(id)?.staged == sample.staged("b", after: 1))
        let outcome = try await store.commit(
            sample.commit("b", after: 1),
            to: id,
            audit: [AuditEntry(.refreshSucceeded, loginID: id)]
        )
        #expect(outcome == .saved(generation: 2))
        let stored = try #require(try await store.login(id))
        #expect(stored.tokens == sample.tokens("b"))
        #expect(stored.staged == nil)
        #expect(stored.login.attempt == nil)
        #expect(stored.apiKey.rotation == .rotating)
        #expect(try await store.verifyAudit() == AuditVerification(rows: 2, firstBadSequence: nil, problem: nil))
        await store.close()
    }
}
