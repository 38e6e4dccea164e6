import Testing
import TradeStationEmulator
import TradeStationModel

@testable import TradeStationSessions

/// What a session does when another process changes what it stands on.
@Suite(.serialized) struct OtherProcessTests {
    private static let path = "/v3/brokerage/accounts"

    private func meanwhile(
        _ change: @escaping @Sendable (ProfileRegistry, SessionStage) async throws -> Void,
        _ body: @Sendable (Session, SessionStage) async throws -> Void
    ) async throws {
        try await SessionStage.with(rotate: true) { stage in
            try await stage.withProfiles { manager in
                let session = try await manager.session(named: "paper")
                #expect(try await session.get(Self.path).status == 200)
                try await stage.withManager { try await change($0.registry, stage) }
                try await body(session, stage)
            }
        }
    }

    @Test func `after a logout the next request needs a login`() async throws {
        try await meanwhile { registry, _ in
            _ = try await registry.signOut(ProfileName("paper"))
        } _: { session, stage in
            #expect(await code { _ = try await session.get(Self.path) } == .loginRequired)
            #expect(stage.emulator.counts.apiRequests == 1)
        }
    }

    @Test func `after a revocation the next request needs a login`() async throws {
        try await meanwhile { registry, _ in
            _ = try await registry.revoke(ProfileName("paper"))
        } _: { session, stage in
            #expect(await code { _ = try await session.get(Self.path) } == .loginRequired)
            #expect(stage.emulator.counts.apiRequests == 1)
        }
    }

    @Test func `after a removal there is no such profile`() async throws {
        try await meanwhile { registry, _ in
            try await registry.remove(ProfileName("paper"))
        } _: { session, stage in
            #expect(await code { _ = try await session.get(Self.path) } == .profileNotFound)
            #expect(stage.emulator.counts.apiRequests == 1)
        }
    }

    @Test func `after a rename the session goes on`() async throws {
        try await meanwhile { registry, _ in
            try await registry.rename(ProfileName("paper"), to: ProfileName("renamed"))
        } _: { session, _ in
            let status = try await session.get(Self.path).status
            #expect(status == 200)
        }
    }

    @Test func `after a login the next request carries its token`() async throws {
        try await meanwhile { registry, stage in
            _ = try await registry.signIn(ProfileName("paper"), interaction: stage.browser())
        } _: { session, stage async throws in
            let old = session.profile.login.generation
            let refreshes = stage.emulator.counts.refreshes
            #expect(try await session.get(Self.path).status == 200)
            #expect(session.currentAccessToken()?.generation == old + 1)
            #expect(stage.emulator.counts.refreshes == refreshes)
        }
    }
}
