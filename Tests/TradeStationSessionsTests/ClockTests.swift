import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

/// Clocks that stop, jump or disagree: no expired token is handed out, and the sign-in server is not flooded.
@Suite(.stage()) struct ClockTests {
    private let stage = SessionStage.current
    private var manager: SessionManager { stage.manager }

    @Test func `after a suspend of two hours all callers get a new token from one exchange`() async throws {
        let paper = try await manager.session(named: "paper")
        let real = try await manager.session(named: "real")
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

    @Test(arguments: [3600.0, -3600.0])
    func `a step of the wall clock by an hour changes nothing, in this process and in others`(step: Double) async throws
    {
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
        // It ends twenty minutes after it was issued, even if the wall clock shows another time.
        stage.clock.advance(by: .seconds(600))
        #expect(session.currentAccessToken() == nil)
        #expect(try await session.accessToken().generation == token.generation + 1)
        try await stage.withManager { other in
            let seen = try await other.session(named: "paper").accessToken()
            #expect(seen.generation == token.generation + 1)
        }
        #expect(stage.emulator.counts.refreshes == 1)
    }

    @Test func `the remaining life of a token is measured by the boot clock`() async throws {
        stage.clock.advance(by: .seconds(200))
        stage.clock.stepWall(by: .seconds(3600))
        let report = try await manager.token(manager.registry.profile(named: ProfileName("paper")))
        #expect(report.life == .seconds(1000))
        #expect(stage.emulator.counts.refreshes == 0)
    }

    @Test(.stage(rotate: true)) func `a refresh is due earlier when the refresh token ends before the access token`()
        async throws
    {
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

    @Test func `after a reboot the wall clock counts, and no token gets more than its full life`() async throws {
        _ = try await manager.session(named: "paper").accessToken()
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
        // To a clock that starts in 1970 every stored end is far away.
        let early = TestClock(wall: Timestamp(milliseconds: 0), bootID: "a-third-boot", sinceBoot: .seconds(5))
        configuration.clock = early
        try await withSessionManager(configuration: configuration) { manager in
            let session = try await manager.session(named: "paper")
            _ = try await session.accessToken()
            early.advance(by: .seconds(1200))
            #expect(session.currentAccessToken() == nil)
        }
    }

    @Test(.stage(opens: .emptyStore), arguments: [600.0, -600.0])
    func `a server whose clock is ten minutes off costs no token and no request`(offset: Double) async throws {
        stage.emulator.advance(bySeconds: offset)
        try await stage.add("paper", to: manager)
        let session = try await manager.session(named: "paper")
        for _ in 0..<5 {
            let token = try await session.accessToken()
            for _ in 0..<14 {
                stage.clock.advance(by: .seconds(60))
                #expect(session.currentAccessToken() == token)
                #expect(try await session.get("/v3/brokerage/accounts").status == 200)
            }
            stage.clock.advance(by: .seconds(400))
        }
        #expect(stage.emulator.counts.refreshes == 4)
    }
}
