import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

/// Fifteen minutes without a sign-in server, for a token that has ten minutes left, asked for by two processes.
@Suite(.serialized) struct OutageTests {
    private enum Answer: Equatable {
        case served
        case refused(AccountsError.Code)
    }

    private func ask(_ session: Session) async -> Answer {
        do {
            _ = try await session.accessToken()
            return .served
        } catch {
            return .refused((error as? AccountsError)?.code ?? .internal)
        }
    }

    /// No jitter, so that every pause is as short as it can be and the standing clock never ends within one.
    private static let unjittered = RandomSource { count in
        count == 7 ? [UInt8](repeating: 0, count: 7) : RandomSource.system.bytes(count)
    }

    /// Lets what was started behind the callers' backs come to its end before time moves on.
    private func settle(_ stage: SessionStage, _ manager: SessionManager) async throws {
        var asked: Int
        repeat {
            asked = stage.emulator.counts.refreshes
            for _ in 0..<20 { await Task.yield() }
        } while try await manager.registry.profile(named: ProfileName("paper")).login.attempt != nil
            || stage.emulator.counts.refreshes != asked
    }

    @Test func `an outage is outlived while the token lives, said by name after that, and forgotten when it is over`()
        async throws
    {
        try await SessionStage.with(rotate: true) { stage in
            try await stage.withProfiles { _ in }
            try await stage.withManager(timeout: .milliseconds(1), random: Self.unjittered) { first in
                try await stage.withManager(timeout: .milliseconds(1), random: Self.unjittered) { second in
                    let sessions = [
                        try await first.session(named: "paper"), try await second.session(named: "real"),
                    ]
                    stage.clock.advance(by: .seconds(600))
                    stage.emulator.script([
                        EmulatorFault(
                            at: .token,
                            .respond(status: 503, headers: [:], body: "<html>"),
                            times: 1_000_000
                        )
                    ])
                    // Ten minutes of life, less the last of it that is handed out to nobody.
                    for second in 1...540 {
                        stage.clock.advance(by: .seconds(1))
                        for session in sessions { #expect(await ask(session) == .served, "after \(second) s") }
                        try await settle(stage, first)
                    }
                    let degraded = try await first.registry.profile(named: ProfileName("paper"))
                    #expect(degraded.state == .degraded)
                    let left =
                        try #require(degraded.login.accessExpiresAt).milliseconds
                        - stage.clock.wallTime().milliseconds
                    #expect(left == 60_000)
                    for second in 541...900 {
                        stage.clock.advance(by: .seconds(1))
                        for session in sessions {
                            let answer = await ask(session)
                            #expect(
                                [.backingOff, .serverError, .lockTimeout].map(Answer.refused).contains(answer),
                                "after \(second) s: \(answer)"
                            )
                        }
                        try await settle(stage, first)
                    }
                    let flights = try stage.emulator.log.filter { $0.grantType == "refresh_token" }.map {
                        try #require(Timestamp($0.at)).milliseconds
                    }
                    #expect(flights.count > 10)
                    for (earlier, later) in zip(flights, flights.dropFirst()) { #expect(later - earlier >= 5000) }

                    stage.emulator.script([])
                    var waited = 0
                    while await ask(sessions[0]) != .served, waited < 120 {
                        waited += 1
                        try await settle(stage, first)
                        stage.clock.advance(by: .seconds(1))
                    }
                    #expect(waited <= 10)
                    #expect(await ask(sessions[1]) == .served)
                    #expect(stage.emulator.counts.refreshes == flights.count + 1)
                    #expect(try await first.registry.profile(named: ProfileName("paper")).state == .ready)
                }
            }
        }
    }
}
