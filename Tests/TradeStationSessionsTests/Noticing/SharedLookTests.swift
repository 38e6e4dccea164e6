import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationStore

@testable import TradeStationSessions

/// What it costs to notice.
@Suite(.serialized) struct SharedLookTests {
    /// A manager on a store that counts, its session on `paper`, and the manager of another process.
    private func counting(
        _ body: @Sendable (SessionStage, CountingStore, Session, _ other: SessionManager) async throws -> Void
    ) async throws {
        try await SessionStage.with(rotate: true) { stage in
            try await stage.withProfiles { other in
                var configuration = SessionConfiguration(storeDirectory: stage.directory)
                configuration.clock = stage.clock
                let store = CountingStore(try await stage.openStore())
                let manager = SessionManager(store: store, configuration: configuration)
                try await body(stage, store, try await manager.session(named: "paper"), other)
                await manager.close()
            }
        }
    }

    private func refresh(_ manager: SessionManager) async throws {
        _ = try await manager.refresh(try await manager.registry.profile(named: ProfileName("paper")))
    }

    @Test(arguments: [true, false])
    func `ten thousand callers after a change look into the store a few times`(isSignedOut: Bool) async throws {
        try await counting { _, store, session, other async throws in
            let before = store.loginReads
            if isSignedOut {
                _ = try await other.registry.signOut(ProfileName("paper"))
            } else {
                try await refresh(other)
            }
            let generations = await withTaskGroup(of: Int?.self) { group in
                for _ in 0..<10_000 { group.addTask { try? await session.accessToken().generation } }
                return await group.reduce(into: Set<Int?>()) { $0.insert($1) }
            }
            #expect(generations == [isSignedOut ? nil : 2])
            #expect(store.loginReads - before <= (isSignedOut ? 100 : 2), "\(store.loginReads - before) reads")
        }
    }

    //  caller A             | caller B            | another process
    //  reads generation 2   |                     |
    //  (is kept waiting)    |                     | signs out
    //                       | asks, joins A       |
    //  gets generation 2    | reads again: nobody is signed in
    @Test func `who asks after a change does not get what was read before it`() async throws {
        try await counting { _, store, session, other async throws in
            try await refresh(other)
            let release = store.hold()
            let before = store.loginReads
            let first = Task { try await session.accessToken().generation }
            while store.loginReads == before { await Task.yield() }
            _ = try await other.registry.signOut(ProfileName("paper"))
            let second = Task { await code { _ = try await session.accessToken() } }
            while await session.manager.airborne[session.profile.login.id]?.flight.waiterCount != 2 {
                await Task.yield()
            }
            release()
            #expect(try await first.value == 2)
            #expect(await second.value == .loginRequired)
        }
    }

    @Test func `a one-shot token looks at no board, a session does`() async throws {
        try await SessionStage.with { stage in
            try await stage.withProfiles { _ in }
            try await stage.withManager { manager in
                #expect(try await manager.token(ProfileName("paper")).token.generation == 1)
                #expect(manager.store.changes.head == nil)
                _ = try await manager.session(named: "paper")
                #expect(manager.store.changes.head != nil)
            }
        }
    }
}

extension SessionStage {
    /// The store on its own, as a manager would open it.
    fileprivate func openStore() async throws -> SQLiteCredentialStore {
        try await SQLiteCredentialStore.open(
            at: StoreLocation(directory: directory),
            identity: AuditIdentity(requester: "session tests", host: "h", pid: 1, version: "0"),
            clock: clock,
            random: .system
        )
    }
}
