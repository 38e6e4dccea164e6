import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationStore

@testable import TradeStationSessions

/// How often the store is read after a change.
@Suite(.stage(rotate: true)) struct SharedLookTests {
    private let stage = SessionStage.current
    /// Plays another process.
    private var other: SessionManager { stage.manager }

    private func refresh(_ manager: SessionManager) async throws {
        _ = try await manager.refresh(try await manager.registry.profile(named: ProfileName("paper")))
    }

    @Test(arguments: [true, false])
    func `ten thousand callers after a change read the store only a few times`(isSignedOut: Bool) async throws {
        try await stage.withCountingStore { manager, store in
            let session = try await manager.session(named: "paper")
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
    //  (is held back)       |                     | signs out
    //                       | asks, joins A       |
    //  gets generation 2    | reads again: signed out
    @Test func `a caller that asks after a change does not get a token that was read before it`() async throws {
        try await stage.withCountingStore { manager, store in
            let session = try await manager.session(named: "paper")
            try await refresh(other)
            let release = store.hold()
            let first = Task { try await session.accessToken().generation }
            await store.wait(for: .heldLogin)
            _ = try await other.registry.signOut(ProfileName("paper"))
            let second = Task { await code { _ = try await session.accessToken() } }
            try await stage.waitForCallers(2, of: session)
            release()
            #expect(try await first.value == 2)
            #expect(await second.value == .loginRequired)
        }
    }

    @Test func `a session watches the change counters, a one-shot token does not`() async throws {
        try await stage.withManager { manager in
            #expect(
                try await manager.token(manager.registry.profile(named: ProfileName("paper"))).token.generation == 1
            )
            #expect(manager.services.store.changes.head == nil)
            _ = try await manager.session(named: "paper")
            #expect(manager.services.store.changes.head != nil)
        }
    }
}
