import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

@Suite(.serialized) struct FreshnessTests {
    @Test func `a fresh token is answered from memory, and is the stored one`() async throws {
        try await SessionStage.with { stage in
            try await stage.withProfiles { manager in
                let session = try await manager.session(named: "paper")
                let token = try #require(session.currentAccessToken())
                #expect(try await session.accessToken() == token)
                #expect(try await manager.session(named: "PAPER").accessToken() == token)
                #expect(stage.emulator.counts.exchanges == 1)
                #expect(token.expiresAt == stage.clock.wallTime().advanced(byMilliseconds: 1_200_000))
            }
        }
    }

    @Test func `in the soft window the current token is served and one refresh starts behind it`() async throws {
        try await SessionStage.with(rotate: true) { stage in
            try await stage.withProfiles { manager in
                let session = try await manager.session(named: "paper")
                let old = try await session.accessToken()
                stage.clock.advance(by: .seconds(1000))
                #expect(session.currentAccessToken() == nil)
                #expect(try await session.accessToken() == old)
                // Served from memory while the refresh is under way.
                while session.currentAccessToken() == old || session.currentAccessToken() == nil { await Task.yield() }
                #expect(try await session.accessToken().generation == old.generation + 1)
                #expect(stage.emulator.counts.refreshes == 1)
            }
        }
    }

    @Test func `a failing refresh in the soft window disturbs nobody, and recovers without a restart`() async throws {
        try await SessionStage.with { stage in
            try await stage.withProfiles { manager in
                let session = try await manager.session(named: "paper")
                let old = try await session.accessToken()
                stage.emulator.script([
                    EmulatorFault(at: .token, when: .before, .respond(status: 502, headers: [:], body: "<html>"))
                ])
                stage.clock.advance(by: .seconds(1000))
                #expect(try await session.accessToken() == old)
                while try await manager.registry.profile(named: ProfileName("paper")).state != .degraded {
                    await Task.yield()
                }
                #expect(try await session.accessToken() == old)
                while try await session.accessToken() == old {
                    stage.clock.advance(by: .seconds(1))
                    await Task.yield()
                }
                #expect(try await manager.registry.profile(named: ProfileName("paper")).state == .ready)
                #expect(stage.emulator.counts.refreshes == 2)
            }
        }
    }

    @Test func `a step of the wall clock neither revives nor kills a token`() async throws {
        try await SessionStage.with { stage in
            try await stage.withProfiles { manager in
                stage.clock.stepWall(by: .seconds(7200))
                _ = try await manager.session(named: "paper").accessToken()
                #expect(stage.emulator.counts.refreshes == 0)
            }
            try await stage.withManager { manager in
                _ = try await manager.session(named: "paper").accessToken()
                #expect(stage.emulator.counts.refreshes == 0)
                stage.clock.stepWall(by: .seconds(-90_000))
                stage.clock.advance(by: .seconds(1190))
                _ = try await manager.session(named: "paper").accessToken()
                #expect(stage.emulator.counts.refreshes == 1)
            }
        }
    }

    @Test func `more life can be asked for than is left, but not more than a token has`() async throws {
        try await SessionStage.with { stage in
            try await stage.withProfiles { manager in
                let session = try await manager.session(named: "paper")
                stage.clock.advance(by: .seconds(600))
                _ = try await session.accessToken(validFor: .seconds(500))
                #expect(stage.emulator.counts.refreshes == 0)
                _ = try await session.accessToken(validFor: .seconds(900))
                #expect(stage.emulator.counts.refreshes == 1)
                #expect(
                    await code { _ = try await session.accessToken(validFor: .seconds(1201)) } == .minValidityTooLong
                )
                #expect(stage.emulator.counts.refreshes == 1)
            }
        }
    }

    @Test func `a closed manager says so, and closing twice or in mid-refresh is safe`() async throws {
        try await SessionStage.with(rotate: true) { stage in
            try await stage.withProfiles { manager in
                let session = try await manager.session(named: "paper")
                stage.clock.advance(by: .seconds(1201))
                stage.emulator.script([EmulatorFault(at: .token, when: .after, .delay(seconds: 0.2))])
                let waiting = Task { try await session.accessToken() }
                while stage.emulator.counts.exchanges < 2 { await Task.yield() }
                await manager.close()
                await manager.close()
                // The refresh had been sent: its answer was saved before closing.
                #expect(try await waiting.value.generation == 2)
                #expect(await code { _ = try await manager.session(named: "paper") } == .closed)
                stage.clock.advance(by: .seconds(1201))
                #expect(await code { _ = try await session.accessToken() } == .closed)
            }
            try await stage.withManager { manager in
                let record = try await manager.registry.profile(named: ProfileName("paper"))
                #expect(record.login.generation == 2)
            }
        }
    }

    @Test func `an unknown profile is answered with the nearest name`() async throws {
        try await SessionStage.with { stage in
            try await stage.withProfiles { manager in
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
    }
}
