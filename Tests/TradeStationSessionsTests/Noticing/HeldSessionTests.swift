import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

/// What a session that is held gives out after another process has changed what the store has: at once, not when the
/// token in memory comes to its end.
@Suite(.serialized) struct HeldSessionTests {
    /// `paper` and `real` on one login, both held, and another process that changes something.
    private func meanwhile(
        _ change: @escaping @Sendable (ProfileRegistry, SessionStage) async throws -> Void,
        _ body: @Sendable (_ paper: Session, _ real: Session, SessionStage) async throws -> Void
    ) async throws {
        try await SessionStage.with(rotate: true) { stage in
            try await stage.withProfiles { manager in
                let (paper, real) = (
                    try await manager.session(named: "paper"), try await manager.session(named: "real")
                )
                for session in [paper, real] { #expect(session.currentAccessToken()?.generation == 1) }
                try await stage.withManager { try await change($0.registry, stage) }
                try await body(paper, real, stage)
            }
        }
    }

    private static let path = "/v3/brokerage/accounts"

    @Test(arguments: ["logout", "revoke"])
    func `once nobody is signed in no token is given out, until somebody is again`(how: String) async throws {
        try await meanwhile { registry, _ in
            _ =
                how == "logout"
                ? try await registry.signOut(ProfileName("paper")) : try await registry.revoke(ProfileName("paper"))
        } _: { paper, real, stage async throws in
            for session in [paper, real] {
                #expect(session.currentAccessToken() == nil)
                for _ in 1...3 { #expect(await code { _ = try await session.accessToken() } == .loginRequired) }
                #expect(await code { _ = try await session.get(Self.path) } == .loginRequired)
            }
            #expect(stage.emulator.counts.apiRequests == 0)
            #expect(stage.emulator.counts.refreshes == 0)
            try await stage.withManager { manager in
                _ = try await manager.registry.signIn(ProfileName("real"), interaction: stage.browser())
            }
            #expect(try await paper.accessToken().generation == 3)
            #expect(real.currentAccessToken()?.generation == 3)
            #expect(stage.emulator.counts.refreshes == 0)
        }
    }

    @Test func `a removed profile ends its own session, and not that of the login's other profile`() async throws {
        try await meanwhile { registry, _ in
            try await registry.remove(ProfileName("paper"))
        } _: { paper, real, _ async throws in
            #expect(paper.currentAccessToken() == nil)
            #expect(try await real.accessToken().generation == 1)
            #expect(real.currentAccessToken()?.generation == 1)
            #expect(paper.currentAccessToken() == nil)
            for _ in 1...3 { #expect(await code { _ = try await paper.accessToken() } == .profileNotFound) }
            #expect(await code { _ = try await paper.accessToken(validFor: .seconds(1)) } == .profileNotFound)
            #expect(real.currentAccessToken()?.generation == 1)
        }
    }

    @Test func `a removed profile is what is told, also when its login was signed out as well`() async throws {
        try await meanwhile { registry, _ in
            try await registry.remove(ProfileName("paper"))
            _ = try await registry.signOut(ProfileName("real"))
        } _: { paper, real, _ async throws in
            #expect(await code { _ = try await paper.accessToken() } == .profileNotFound)
            #expect(await code { _ = try await real.accessToken() } == .loginRequired)
        }
    }

    @Test func `with its last profile the login is gone`() async throws {
        try await meanwhile { registry, _ in
            try await registry.remove(ProfileName("paper"))
            try await registry.remove(ProfileName("real"))
        } _: { paper, real, _ async throws in
            for session in [paper, real] {
                for _ in 1...2 { #expect(await code { _ = try await session.accessToken() } == .profileNotFound) }
            }
        }
    }

    @Test func `a rename changes nothing, not even the fast path`() async throws {
        try await meanwhile { registry, _ in
            try await registry.rename(ProfileName("paper"), to: ProfileName("renamed"))
        } _: { paper, _, _ async throws in
            #expect(paper.currentAccessToken()?.generation == 1)
            #expect(try await paper.accessToken().generation == 1)
        }
    }

    @Test func `new tokens are adopted by the next call`() async throws {
        try await meanwhile { registry, stage in
            try await stage.withManager { manager in
                _ = try await manager.refresh(try await registry.profile(named: ProfileName("paper")))
            }
        } _: { paper, real, stage async throws in
            #expect(paper.currentAccessToken() == nil)
            #expect(try await paper.accessToken().generation == 2)
            #expect(real.currentAccessToken()?.generation == 2)
            #expect(stage.emulator.counts.refreshes == 1)
        }
    }

    @Test func `a stream lives on after a logout, and the next opening obeys it`() async throws {
        try await SessionStage.with(rotate: true) { stage in
            try await stage.withQuotes { _, _, quotes async throws in
                try await stage.withManager { _ = try await $0.registry.signOut(ProfileName("paper")) }
                #expect(stage.emulator.streams.sendNext() == 1)
                #expect(try await quotes.next()?.symbol == "MSFT")
                #expect(stage.emulator.streams.strike(.goAway) == 1)
                #expect(
                    await code { _ = try await stage.clock.whileTimePasses { try await quotes.next() } }
                        == .loginRequired
                )
                #expect(stage.emulator.counts.streamsOpened == 1)
            }
        }
    }

    //  own session          | emulator
    //  soft window: serves, | waits
    //  refreshes behind     |
    //  serves on            | waits
    //                       | answers
    //  serves the new token from memory, without another look into the store
    @Test func `a refresh of one's own behind a valid token never leaves the fast path`() async throws {
        try await SessionStage.with(rotate: true) { stage in
            try await stage.withProfiles { manager in
                let session = try await manager.session(named: "paper")
                stage.clock.advance(by: .seconds(1000))
                stage.emulator.script([EmulatorFault(at: .token, when: .before, .delay(seconds: 0.2))])
                #expect(try await session.accessToken().generation == 1)
                while stage.emulator.counts.refreshes == 0 {
                    #expect(session.currentAccessToken()?.generation == 1)
                    await Task.yield()
                }
                #expect(session.currentAccessToken()?.generation == 1)
                #expect(try await session.accessToken(validFor: .seconds(1000)).generation == 2)
                #expect(session.currentAccessToken()?.generation == 2)
            }
        }
    }
}
