import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

@Suite(.stage(rotate: true)) struct KeepingClockTests {
    private let stage = SessionStage.current

    @Test(arguments: [3600, -3600, 86_400 * 400, -86_400 * 400])
    func `a step of the wall clock is noticed within ten seconds, and costs one exchange`(_ step: Double) async throws {
        try await KeepingStage.with(stage) { keeping in
            let session = try await keeping.manager.session(named: "paper")
            try await keeping.pass(seconds: 400, step: 100)
            stage.clock.stepWall(by: .seconds(step))
            // The server's clock is not stepped.
            stage.emulator.advance(bySeconds: -step)
            try await keeping.rest()
            stage.clock.advance(by: .seconds(10))
            try await keeping.waitForRefreshes(1)
            #expect(session.currentAccessToken()?.generation == 2)
            // From here on, the new token is kept like any other.
            let window = RefreshPolicy.softWindow(lifetimeSeconds: 1200, login: session.profile.login.id)
            try await keeping.pass(seconds: 1200 - Int(window / 1000) - 1)
            #expect(stage.emulator.counts.refreshes == 1)
            try await keeping.pass(seconds: 2)
            #expect(stage.emulator.counts.refreshes == 2)
            #expect(keeping.notices == [])
        }
    }

    @Test func `clocks that drift apart slowly are noticed too`() async throws {
        try await KeepingStage.with(stage) { keeping in
            let session = try await keeping.manager.session(named: "paper")
            let end = stage.clock.wallTime().advanced(byMilliseconds: 1_140_000)
            // The wall clock gains half a second in ten seconds, for example on a machine that is paused again and again.
            while stage.clock.wallTime() < end, stage.emulator.counts.refreshes == 0 {
                stage.clock.stepWall(by: .milliseconds(500))
                try await keeping.pass(seconds: 10, step: 10)
            }
            try await keeping.waitForRefreshes(1)
            #expect(session.currentAccessToken()?.generation == 2)
        }
    }

    @Test(.stage()) func `a step of the wall clock during an outage neither causes a burst of requests nor stops them`()
        async throws
    {
        try await KeepingStage.with(stage) { keeping in
            let session = try await keeping.manager.session(named: "paper")
            let down = EmulatorFault.Action.respond(status: 503, headers: [:], body: "")
            stage.emulator.script([EmulatorFault(at: .token, when: .before, down, times: 4)])
            try await keeping.pass(seconds: 880, step: 10)
            for step in [3600.0, -7200, 3600] {
                try await keeping.pass(seconds: 15)
                stage.clock.stepWall(by: .seconds(step))
            }
            #expect((2...5).contains(stage.emulator.counts.refreshes))
            try await keeping.pass(seconds: 120)
            // Four refreshes failed. After the outage, each step may have cost one exchange more.
            #expect((5...8).contains(stage.emulator.counts.refreshes))
            #expect(session.currentAccessToken() != nil)
        }
    }

    @Test(arguments: [600, -600])
    func `a server whose clock is ten minutes off is asked once per token life`(_ offset: Double) async throws {
        stage.emulator.advance(bySeconds: offset)
        try await KeepingStage.with(stage) { keeping in
            let session = try await keeping.manager.session(named: "paper")
            let issued = stage.clock.bootMilliseconds()
            try await keeping.pass(seconds: 3600, step: 10) {
                let token = try #require(session.currentAccessToken())
                let lives = Int64(token.generation - 1) * 900_000
                #expect(stage.clock.bootMilliseconds() < issued + lives + 1_140_000)
            }
            #expect(stage.emulator.counts.refreshes == 4)
            #expect(stage.emulator.counts.refused == 0)
        }
    }

    @Test(.stage()) func `a session gets a new token at once after two hours of suspend`() async throws {
        try await KeepingStage.with(stage) { keeping in
            let session = try await keeping.manager.session(named: "paper")
            try await keeping.rest()
            stage.clock.advance(by: .seconds(7200))
            #expect(session.currentAccessToken() == nil)
            #expect(try await session.accessToken().generation == 2)
            try await keeping.rest()
            #expect(stage.emulator.counts.refreshes == 1)
        }
    }
}
