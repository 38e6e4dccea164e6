import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

/// What a held session serves after another process has changed the store: the change counts at once, not when the token
/// in memory ends.
@Suite(.stage(rotate: true)) struct HeldSessionTests {
    private let stage = SessionStage.current
    private var manager: SessionManager { stage.manager }

    /// Sessions of `paper` and `real`, which share one login, after another process has changed something.
    private func sessions(
        after change: @Sendable (ProfileRegistry) async throws -> Void
    ) async throws -> (paper: Session, real: Session) {
        let paper = try await manager.session(named: "paper")
        let real = try await manager.session(named: "real")
        for session in [paper, real] { #expect(session.currentAccessToken()?.generation == 1) }
        try await stage.withManager { try await change($0.registry) }
        return (paper, real)
    }

    private static let path = "/v3/brokerage/accounts"

    @Test(arguments: ["logout", "revoke"])
    func `without a sign-in no token is served until the user has signed in again`(how: String) async throws {
        let (paper, real) = try await sessions { registry in
            _ =
                how == "logout"
                ? try await registry.signOut(ProfileName("paper")) : try await registry.revoke(ProfileName("paper"))
        }
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

    @Test func `a removed profile ends its own session, and not that of the other profile on its login`() async throws {
        let (paper, real) = try await sessions { registry in
            try await registry.remove(ProfileName("paper"))
        }
        #expect(paper.currentAccessToken() == nil)
        #expect(try await real.accessToken().generation == 1)
        #expect(real.currentAccessToken()?.generation == 1)
        #expect(paper.currentAccessToken() == nil)
        for _ in 1...3 { #expect(await code { _ = try await paper.accessToken() } == .profileNotFound) }
        #expect(await code { _ = try await paper.accessToken(validFor: .seconds(1)) } == .profileNotFound)
        #expect(real.currentAccessToken()?.generation == 1)
    }

    @Test func `the session of a removed profile throws profile_not_found, also when its login was signed out`()
        async throws
    {
        let (paper, real) = try await sessions { registry in
            try await registry.remove(ProfileName("paper"))
            _ = try await registry.signOut(ProfileName("real"))
        }
        #expect(await code { _ = try await paper.accessToken() } == .profileNotFound)
        #expect(await code { _ = try await real.accessToken() } == .loginRequired)
    }

    @Test func `without its last profile the login is gone`() async throws {
        let (paper, real) = try await sessions { registry in
            try await registry.remove(ProfileName("paper"))
            try await registry.remove(ProfileName("real"))
        }
        for session in [paper, real] {
            for _ in 1...2 { #expect(await code { _ = try await session.accessToken() } == .profileNotFound) }
        }
    }

    @Test func `a rename changes nothing, not even the fast path`() async throws {
        let (paper, _) = try await sessions { registry in
            try await registry.rename(ProfileName("paper"), to: ProfileName("renamed"))
        }
        #expect(paper.currentAccessToken()?.generation == 1)
        #expect(try await paper.accessToken().generation == 1)
    }

    @Test func `new tokens are adopted by the next call`() async throws {
        let (paper, real) = try await sessions { registry in
            try await stage.withManager { manager in
                _ = try await manager.refresh(try await registry.profile(named: ProfileName("paper")))
            }
        }
        #expect(paper.currentAccessToken() == nil)
        #expect(try await paper.accessToken().generation == 2)
        #expect(real.currentAccessToken()?.generation == 2)
        #expect(stage.emulator.counts.refreshes == 1)
    }

    @Test func `a stream stays open after a logout, and is not opened again`() async throws {
        var quotes = try await stage.openQuotes()
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

    //  session                        | emulator
    //  serves a token in soft window, |
    //  refreshes in the background    | waits
    //  serves the same token          | waits
    //                                 | answers
    //  serves the new token from memory, without reading the store again
    @Test func `a refresh in the background never takes a session off the fast path`() async throws {
        let session = try await manager.session(named: "paper")
        stage.clock.advance(by: .seconds(1000))
        stage.emulator.script([EmulatorFault(at: .token, when: .before, .delay(seconds: 0.5))])
        #expect(try await session.accessToken().generation == 1)
        #expect(session.currentAccessToken()?.generation == 1)
        try await stage.emulator.wait { $0.refreshes == 1 }
        #expect(session.currentAccessToken()?.generation == 1)
        #expect(try await session.accessToken(validFor: .seconds(1000)).generation == 2)
        #expect(session.currentAccessToken()?.generation == 2)
    }
}
