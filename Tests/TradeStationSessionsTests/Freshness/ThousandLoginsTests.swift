import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

@Suite(.stage(opens: .emptyStore)) struct ThousandLoginsTests {
    private let stage = SessionStage.current
    private var manager: SessionManager { stage.manager }

    @Test func `a thousand logins are refreshed spread out, each once in a token life, and none expires`()
        async throws
    {
        try await stage.addLogins(1000, to: manager)
        try await KeepingStage.with(stage) { keeping in
            var sessions: [Session] = []
            for number in 1...1000 { sessions.append(try await keeping.manager.session(named: "l\(number)")) }
            try await keeping.rest()
            #expect(stage.emulator.counts.refreshes == 0)
            var held = try sessions.map { try #require($0.currentAccessToken()) }
            for _ in 0..<1300 {
                stage.clock.advance(by: .seconds(1))
                let now = stage.clock.wallTime()
                #expect(held.allSatisfy { $0.expiresAt.milliseconds - now.milliseconds > 60_000 })
                try await keeping.rest()
                held = try sessions.map { try #require($0.currentAccessToken()) }
            }
            let starts = try await stage.refreshRows(keeping.manager).filter { $0.event == "refresh_started" }
            #expect(starts.count == 1000)
            #expect(Set(starts.map(\.login)).count == 1000)
            let bySecond = Dictionary(grouping: starts, by: { $0.at.milliseconds / 1000 }).mapValues(\.count)
            #expect(bySecond.count >= 55, "\(bySecond.count) seconds")
            #expect(bySecond.values.allSatisfy { $0 <= 40 }, "\(bySecond.values.max() ?? 0) in one second")
            #expect(stage.emulator.counts.refused == 0)
            #expect(keeping.notices == [])
        }
    }

    @Test func `after two hours of suspend each login is refreshed once, sixteen at a time`() async throws {
        try await stage.addLogins(100, to: manager)
        try await KeepingStage.with(stage) { keeping in
            var sessions: [Session] = []
            for number in 1...100 { sessions.append(try await keeping.manager.session(named: "l\(number)")) }
            try await keeping.rest()
            stage.clock.advance(by: .seconds(7200))
            #expect(sessions.allSatisfy { $0.currentAccessToken() == nil })
            try await keeping.rest()
            #expect(sessions.allSatisfy { $0.currentAccessToken()?.generation == 2 })
            let most = try await stage.mostAtOnce(keeping.manager)
            #expect((2...16).contains(most), "\(most) at once")
            try await keeping.pass(seconds: 600, step: 10)
            #expect(stage.emulator.counts.refreshes == 100)
        }
    }
}
