import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

/// Clocks that stop, jump or disagree: no expired token is handed out, and nobody storms the sign-in server.
@Suite(.serialized) struct ClockTests {
    @Test func `after a suspend of two hours everybody gets a new token from one exchange`() async throws {
        try await SessionStage.with { stage in
            try await stage.withProfiles { manager in
                let (paper, real) = (
                    try await manager.session(named: "paper"), try await manager.session(named: "real")
                )
                let old = try await paper.accessToken()
                stage.clock.advance(by: .seconds(7200))
                let tokens = try await withThrowingTaskGroup(of: AccessToken.self) { group in
                    for index in 0..<100 {
                        group.addTask { try await (index % 2 == 0 ? paper : real).accessToken() }
                    }
                    return try await group.reduce(into: Set<Int>()) { $0.insert($1.generation) }
                }
                #expect(tokens == [old.generation + 1])
                #expect(stage.emulator.counts.refreshes == 1)
            }
        }
    }

    @Test(arguments: [3600.0, -3600.0])
    func `an hour's step of the wall clock changes nothing, in this process and in others`(step: Double) async throws {
        try await SessionStage.with { stage in
            try await stage.withProfiles { manager in
                let session = try await manager.session(named: "paper")
                let token = try await session.accessToken()
                stage.clock.advance(by: .seconds(600))
                stage.clock.stepWall(by: .seconds(step))
                for _ in 0..<20 { #expect(try await session.accessToken() == token) }
                try await stage.withManager { other in
                    let seen = try await other.session(named: "paper").accessToken()
                    #expect(seen.generation == token.generation)
                }
                #expect(stage.emulator.counts.refreshes == 0)
                // Twenty minutes after it was issued it has ended, whatever the wall clock says.
                stage.clock.advance(by: .seconds(600))
                #expect(session.currentAccessToken() == nil)
                #expect(try await session.accessToken().generation == token.generation + 1)
                try await stage.withManager { other in
                    let seen = try await other.session(named: "paper").accessToken()
                    #expect(seen.generation == token.generation + 1)
                }
                #expect(stage.emulator.counts.refreshes == 1)
            }
        }
    }

    @Test func `how long a token lives is told by the boot clock`() async throws {
        try await SessionStage.with { stage in
            try await stage.withProfiles { manager in
                stage.clock.advance(by: .seconds(200))
                stage.clock.stepWall(by: .seconds(3600))
                let report = try await manager.token(ProfileName("paper"))
                #expect(report.life == .seconds(1000))
                #expect(stage.emulator.counts.refreshes == 0)
            }
        }
    }

    @Test func `what is due is so also because of a refresh token that ends before the access token`() async throws {
        try await SessionStage.with(rotate: true) { stage in
            try await stage.withProfiles { manager in
                let name = try ProfileName("paper")
                try await manager.registry.change(name, KeyChange(idleSeconds: 300))
                _ = try await manager.refresh(manager.registry.profile(named: name))
                stage.clock.advance(by: .seconds(190))
                let early = try await manager.refresh(manager.registry.profile(named: name), onlyIfDue: true)
                #expect(early.outcome == .fresh)
                stage.clock.advance(by: .seconds(20))
                let due = try await manager.refresh(manager.registry.profile(named: name), onlyIfDue: true)
                #expect(due.outcome == .refreshed)
            }
        }
    }

    @Test func `after a reboot the wall clock decides, and never gives a token more than its whole life`() async throws
    {
        try await SessionStage.with { stage in
            try await stage.withProfiles { manager in _ = try await manager.session(named: "paper").accessToken() }
            let rebooted = TestClock(wall: stage.clock.wallTime(), bootID: "another-boot", sinceBoot: .seconds(5))
            var configuration = SessionConfiguration(storeDirectory: stage.directory)
            configuration.clock = rebooted
            try await withSessionManager(configuration: configuration) { manager in
                let session = try await manager.session(named: "paper")
                _ = try await session.accessToken()
                #expect(stage.emulator.counts.refreshes == 0)
                rebooted.advance(by: .seconds(1200))
                #expect(session.currentAccessToken() == nil)
                _ = try await session.accessToken()
                #expect(stage.emulator.counts.refreshes == 1)
            }
            // A clock that starts in 1970 makes every stored end look far away.
            let early = TestClock(wall: Timestamp(milliseconds: 0), bootID: "a-third-boot", sinceBoot: .seconds(5))
            configuration.clock = early
            try await withSessionManager(configuration: configuration) { manager in
                let session = try await manager.session(named: "paper")
                _ = try await session.accessToken()
                early.advance(by: .seconds(1200))
                #expect(session.currentAccessToken() == nil)
            }
        }
    }

    @Test(arguments: [600.0, -600.0])
    func `a server whose clock is ten minutes off costs neither tokens nor requests`(offset: Double) async throws {
        try await SessionStage.with(serverAhead: offset) { stage in
            try await stage.withProfiles { manager in
                let session = try await manager.session(named: "paper")
                for _ in 0..<5 {
                    let token = try await session.accessToken()
                    for _ in 0..<14 {
                        stage.clock.advance(by: .seconds(60))
                        #expect(session.currentAccessToken() == token)
                        let answer = try await session.get("/v3/brokerage/accounts")
                        #expect(answer.status == 200)
                    }
                    stage.clock.advance(by: .seconds(400))
                }
                #expect(stage.emulator.counts.refreshes == 4)
            }
        }
    }
}
