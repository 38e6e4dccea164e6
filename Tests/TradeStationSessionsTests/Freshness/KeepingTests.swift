import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

@Suite(.stage(rotate: true)) struct KeepingTests {
    private let stage = SessionStage.current
    private var manager: SessionManager { stage.manager }

    @Test func `an open session always has a token, at one exchange per login and token life`() async throws {
        try await KeepingStage.with(stage) { keeping in
            let paper = try await keeping.manager.session(named: "paper")
            let real = try await keeping.manager.session(named: "real")
            try await keeping.pass(seconds: 3600, step: 10) {
                let token = try #require(paper.currentAccessToken())
                #expect(token.expiresAt.milliseconds - stage.clock.wallTime().milliseconds > 60_000)
                #expect(real.currentAccessToken() == token)
            }
            #expect(stage.emulator.counts.refreshes == 4)
            #expect(stage.emulator.counts.refused == 0)
            let triggers = try await keeping.manager.registry.auditRecords(AuditQuery()).compactMap {
                $0.text("trigger")
            }
            #expect(Set(triggers) == ["ahead"])
        }
    }

    @Test func `a refresh in the background and one ahead of time are the same refresh`() async throws {
        try await KeepingStage.with(stage) { keeping in
            let session = try await keeping.manager.session(named: "paper")
            try await keeping.rest()
            for generation in 2...6 {
                stage.clock.advance(by: .seconds(900))
                try await withThrowingTaskGroup(of: AccessToken.self) { group in
                    for _ in 0..<50 { group.addTask { try await session.accessToken() } }
                    for try await token in group { #expect(token.generation >= generation - 1) }
                }
                try await keeping.rest()
                #expect(session.currentAccessToken()?.generation == generation)
            }
            #expect(stage.emulator.counts.refreshes == 5)
        }
    }

    @Test func `tokens that another process has refreshed are adopted without a request`() async throws {
        try await KeepingStage.with(stage) { keeping in
            let session = try await keeping.manager.session(named: "paper")
            try await keeping.pass(seconds: 800, step: 100)
            try await stage.withManager { other in
                _ = try await other.refresh(try await other.registry.profile(named: ProfileName("real")))
            }
            try await keeping.pass(seconds: 800, step: 100)
            #expect(session.currentAccessToken()?.generation == 2)
            #expect(stage.emulator.counts.refreshes == 1)
        }
    }

    @Test(.stage(opens: .emptyStore)) func `a session that is no longer held is not refreshed`() async throws {
        try await stage.addLogins(3, to: manager)
        try await KeepingStage.with(stage) { keeping in
            let kept = try await keeping.manager.session(named: "l1")
            _ = try await keeping.manager.session(named: "l2")
            try await keeping.pass(seconds: 2000, step: 50)
            #expect(kept.currentAccessToken()?.generation == 3)
            #expect(stage.emulator.counts.refreshes == 2)
            #expect(keeping.openLogins == [kept.profile.login.id])
        }
    }

    @Test(.stage()) func `a session that was open before run() is kept fresh as well`() async throws {
        let session = try await manager.session(named: "paper")
        stage.clock.advance(by: .seconds(1000))
        let running = Task { try await manager.run() }
        try await stage.emulator.wait { $0.refreshes == 1 }
        await stage.waitForRefresh(of: session)
        #expect(session.currentAccessToken()?.generation == 2)
        running.cancel()
        await #expect(throws: CancellationError.self) { try await running.value }
        #expect(stage.emulator.counts.refreshes == 1)
    }

    @Test func `an outage is reported once, costs at most one request in five seconds, and ends without a restart`()
        async throws
    {
        try await KeepingStage.with(stage) { keeping in
            let session = try await keeping.manager.session(named: "paper")
            stage.emulator.script([
                EmulatorFault(at: .token, .respond(status: 503, headers: [:], body: "<html>"), times: 5)
            ])
            try await keeping.pass(seconds: 880, step: 10)
            try await keeping.pass(seconds: 30)
            #expect(keeping.notices == ["paper: server_error"])
            #expect(try await session.accessToken().generation == 1)
            try await keeping.pass(seconds: 240)
            #expect(keeping.notices == ["paper: server_error", "paper: fresh"])
            #expect(session.currentAccessToken()?.generation == 2)
            let starts = try await stage.refreshRows(keeping.manager).filter { $0.event == "refresh_started" }.map(\.at)
            #expect(starts.count == 6)
            for (earlier, later) in zip(starts, starts.dropFirst()) {
                #expect(later.milliseconds - earlier.milliseconds >= 5000)
            }
        }
    }

    @Test(.stage()) func `a sign-in by another process is noticed within a minute, and nothing is sent until then`()
        async throws
    {
        try await KeepingStage.with(stage) { keeping in
            let session = try await keeping.manager.session(named: "paper")
            stage.emulator.revokeAll()
            try await keeping.pass(seconds: 1300, step: 10)
            #expect(keeping.notices == ["paper: login_required"])
            #expect(session.currentAccessToken() == nil)
            #expect(stage.emulator.counts.refreshes == 1)
            try await stage.withManager { other in
                _ = try await other.registry.signIn(ProfileName("paper"), interaction: stage.browser())
            }
            try await keeping.pass(seconds: 60)
            #expect(keeping.notices == ["paper: login_required", "paper: fresh"])
            #expect(session.currentAccessToken()?.generation == 2)
            #expect(stage.emulator.counts.refreshes == 1)
        }
    }
}
