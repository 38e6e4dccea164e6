import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

@Suite(.stage()) struct FreshnessTests {
    private let stage = SessionStage.current
    private var manager: SessionManager { stage.manager }

    @Test func `a fresh token is served from memory, and is the stored one`() async throws {
        let session = try await manager.session(named: "paper")
        let token = try #require(session.currentAccessToken())
        #expect(try await session.accessToken() == token)
        #expect(try await manager.session(named: "PAPER").accessToken() == token)
        #expect(stage.emulator.counts.exchanges == 1)
        #expect(token.expiresAt == stage.clock.wallTime().advanced(byMilliseconds: 1_200_000))
    }

    @Test(.stage(rotate: true))
    func `in the soft window the current token is served and one refresh starts in the background`() async throws {
        let session = try await manager.session(named: "paper")
        let old = try await session.accessToken()
        stage.clock.advance(by: .seconds(1000))
        #expect(session.currentAccessToken() == nil)
        #expect(try await session.accessToken() == old)
        await stage.waitForRefresh(of: session)
        #expect(session.currentAccessToken()?.generation == old.generation + 1)
        #expect(try await session.accessToken().generation == old.generation + 1)
        #expect(stage.emulator.counts.refreshes == 1)
    }

    @Test func `a refresh that fails in the soft window disturbs no caller, and recovers without a restart`()
        async throws
    {
        let session = try await manager.session(named: "paper")
        let old = try await session.accessToken()
        stage.emulator.script([
            EmulatorFault(at: .token, when: .before, .respond(status: 502, headers: [:], body: "<html>"))
        ])
        stage.clock.advance(by: .seconds(1000))
        #expect(try await session.accessToken() == old)
        await stage.waitForRefresh(of: session)
        #expect(try await stage.paper().state == .degraded)
        #expect(try await session.accessToken() == old)
        stage.clock.advance(by: .seconds(10))
        #expect(try await session.accessToken() == old)
        await stage.waitForRefresh(of: session)
        #expect(try await session.accessToken() != old)
        #expect(try await stage.paper().state == .ready)
        #expect(stage.emulator.counts.refreshes == 2)
    }

    @Test func `a caller can ask for more life than is left, but not for more than a new token has`() async throws {
        let session = try await manager.session(named: "paper")
        stage.clock.advance(by: .seconds(600))
        _ = try await session.accessToken(validFor: .seconds(500))
        #expect(stage.emulator.counts.refreshes == 0)
        _ = try await session.accessToken(validFor: .seconds(900))
        #expect(stage.emulator.counts.refreshes == 1)
        #expect(await code { _ = try await session.accessToken(validFor: .seconds(1201)) } == .minValidityTooLong)
        #expect(stage.emulator.counts.refreshes == 1)
    }

    @Test(.stage(rotate: true)) func `a closed manager throws closed, and closing twice or during a refresh is safe`()
        async throws
    {
        let session = try await manager.session(named: "paper")
        stage.clock.advance(by: .seconds(1201))
        stage.emulator.script([EmulatorFault(at: .token, when: .after, .delay(seconds: 0.2))])
        let waiting = Task { try await session.accessToken() }
        try await stage.emulator.wait { $0.exchanges == 2 }
        await manager.close()
        await manager.close()
        // The refresh had been sent: its answer was saved before closing.
        #expect(try await waiting.value.generation == 2)
        #expect(await code { _ = try await manager.session(named: "paper") } == .closed)
        stage.clock.advance(by: .seconds(1201))
        #expect(await code { _ = try await session.accessToken() } == .closed)
        try await stage.withManager { manager in
            let record = try await manager.registry.profile(named: ProfileName("paper"))
            #expect(record.login.generation == 2)
        }
    }

    @Test func `the error for an unknown profile suggests the nearest name`() async throws {
        do {
            _ = try await manager.session(named: "papre")
            Issue.record("a session without a profile")
        } catch let error as AccountsError {
            #expect(error.code == .profileNotFound)
            #expect(error.reason?.contains("paper") == true)
        }
        #expect(await code { _ = try await manager.session(named: "../x") } == .badName)
    }
}
