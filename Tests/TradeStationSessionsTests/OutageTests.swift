import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

/// Fifteen minutes without a sign-in server. Two processes ask for a token that has ten minutes left.
@Suite(.stage(rotate: true)) struct OutageTests {
    private let stage = SessionStage.current

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

    /// No jitter: every pause has its shortest length, so that the clock never stops within one.
    private static let unjittered = RandomSource { count in
        count == 7 ? [UInt8](repeating: 0, count: 7) : RandomSource.system.bytes(count)
    }

    /// Waits for the refreshes that callers started in the background.
    private func settle(_ sessions: [Session]) async {
        for session in sessions { await stage.waitForRefresh(of: session) }
    }

    @Test
    func
        `callers do not notice an outage while the token lives, get its error afterwards, and a token when it is over`()
        async throws
    {
        try await stage.withManager(timeout: .milliseconds(1), random: Self.unjittered) { first in
            try await stage.withManager(timeout: .milliseconds(1), random: Self.unjittered) { second in
                try await outage(for: [first.session(named: "paper"), second.session(named: "real")])
            }
        }
    }

    private func outage(for sessions: [Session]) async throws {
        stage.clock.advance(by: .seconds(600))
        stage.emulator.script([
            EmulatorFault(at: .token, .respond(status: 503, headers: [:], body: ""), times: 1_000_000)
        ])
        // Ten minutes of life, less the last minute, in which the token is no longer served.
        for passed in 1...540 {
            stage.clock.advance(by: .seconds(1))
            for session in sessions { #expect(await ask(session) == .served, "after \(passed) s") }
            await settle(sessions)
        }
        let degraded = try await stage.paper()
        #expect(degraded.state == .degraded)
        let left =
            try #require(degraded.login.accessExpiresAt).milliseconds
            - stage.clock.wallTime().milliseconds
        #expect(left == 60_000)
        for passed in 541...900 {
            stage.clock.advance(by: .seconds(1))
            for session in sessions {
                let answer = await ask(session)
                #expect(
                    [.backingOff, .serverError, .lockTimeout].map(Answer.refused).contains(answer),
                    "after \(passed) s: \(answer)"
                )
            }
            await settle(sessions)
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
            await settle(sessions)
            stage.clock.advance(by: .seconds(1))
        }
        #expect(waited <= 10)
        #expect(await ask(sessions[1]) == .served)
        #expect(stage.emulator.counts.refreshes == flights.count + 1)
        #expect(try await stage.paper().state == .ready)
    }
}
