import Testing
import TradeStationEmulator
import TradeStationModel

@testable import TradeStationSessions

/// What a session does after another process has changed its profile or its login.
@Suite(.stage(rotate: true)) struct OtherProcessTests {
    private let stage = SessionStage.current
    private var manager: SessionManager { stage.manager }

    private static let path = "/v3/brokerage/accounts"

    /// A session of `paper` after another process has changed something.
    private func session(after change: @Sendable (ProfileRegistry) async throws -> Void) async throws -> Session {
        let session = try await stage.manager.session(named: "paper")
        #expect(try await session.get(Self.path).status == 200)
        try await stage.withManager { try await change($0.registry) }
        return session
    }

    @Test func `after a logout the next request needs a login`() async throws {
        let session = try await session { registry in
            _ = try await registry.signOut(ProfileName("paper"))
        }
        #expect(await code { _ = try await session.get(Self.path) } == .loginRequired)
        #expect(stage.emulator.counts.apiRequests == 1)
    }

    @Test func `after a revocation the next request needs a login`() async throws {
        let session = try await session { registry in
            _ = try await registry.revoke(ProfileName("paper"))
        }
        #expect(await code { _ = try await session.get(Self.path) } == .loginRequired)
        #expect(stage.emulator.counts.apiRequests == 1)
    }

    @Test func `after a removal the profile does not exist`() async throws {
        let session = try await session { registry in
            try await registry.remove(ProfileName("paper"))
        }
        #expect(await code { _ = try await session.get(Self.path) } == .profileNotFound)
        #expect(stage.emulator.counts.apiRequests == 1)
    }

    @Test func `after a rename the session still works`() async throws {
        let session = try await session { registry in
            try await registry.rename(ProfileName("paper"), to: ProfileName("renamed"))
        }
        #expect(try await session.get(Self.path).status == 200)
    }

    @Test func `after a login the next request carries the new token`() async throws {
        let session = try await session { registry in
            _ = try await registry.signIn(ProfileName("paper"), interaction: stage.browser())
        }
        let old = session.profile.login.generation
        let refreshes = stage.emulator.counts.refreshes
        #expect(try await session.get(Self.path).status == 200)
        #expect(session.currentAccessToken()?.generation == old + 1)
        #expect(stage.emulator.counts.refreshes == refreshes)
    }
}
