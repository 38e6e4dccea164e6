import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

/// How long the answer of the token endpoint is waited for.
@Suite struct AnswerLimitTests {
    private func limit(_ rotation: APIKey.Rotation, attempts: Int, remaining: Int64) throws -> Int64 {
        var machine = RefreshMachine(intent: .validity(milliseconds: 0), heldGeneration: 3)
        for _ in 0..<attempts { machine.countAttempt() }
        var stored = try LoginFixture.stored(life: 0)
        stored.apiKey.rotation = rotation
        let limits = AnswerLimits(usual: 5000, longest: 30_000)
        return machine.patience(for: stored, limits, remaining: remaining).answer
    }

    @Test(arguments: [1, 2, 3], [1000, 30_000, 600_000] as [Int64])
    func `with a static key, no answer is waited for longer than the usual limit`(_ attempts: Int, _ remaining: Int64)
        throws
    {
        #expect(try limit(.static, attempts: attempts, remaining: remaining) == 5000)
    }

    @Test(arguments: [APIKey.Rotation.rotating, .unknown])
    func `an answer that may contain the only refresh token is given up only to send the old one in the caller's time`(
        _ rotation: APIKey.Rotation
    ) throws {
        #expect(try limit(rotation, attempts: 1, remaining: 30_000) == 12_000)
        #expect(try limit(rotation, attempts: 1, remaining: 60_000) == 24_000)
        #expect(try limit(rotation, attempts: 1, remaining: 600_000) == 30_000)
        #expect(try limit(rotation, attempts: 2, remaining: 17_500) == 7000)
        #expect(try limit(rotation, attempts: 1, remaining: 10_000) == 5000)
        // The old one is not sent again: the caller has left before, or it was the last attempt.
        #expect(try limit(rotation, attempts: 1, remaining: -1) == 5000)
        #expect(try limit(rotation, attempts: 3, remaining: 20_000) == 20_000)
        #expect(try limit(rotation, attempts: 3, remaining: 600_000) == 30_000)
    }

    @Test func `a limit that the user sets is never shortened`() {
        let limits = AnswerLimits(usual: 45_000, longest: 30_000)
        #expect(limits.longest == 45_000)
        #expect(limits.beforeReplay(remaining: 1000) == 45_000)
    }

    @Test(.stage(rotate: true))
    func `a rotated refresh token is saved, although the answer comes after the usual limit`() async throws {
        let stage = SessionStage.current
        try await stage.withManager(configure: { $0.exchangeTimeout = .milliseconds(50) }) { manager in
            let session = try await manager.session(named: "paper")
            for generation in 2...3 {
                stage.clock.advance(by: .seconds(1201))
                stage.emulator.script([EmulatorFault(at: .token, when: .after, .delay(seconds: 0.5))])
                #expect(try await session.accessToken().generation == generation)
            }
            #expect(stage.emulator.counts.refreshes == 2)
        }
    }

    @Test(.stage()) func `a sign-in is saved, although its answer comes after the usual limit`() async throws {
        let stage = SessionStage.current
        try await stage.withManager(configure: { $0.exchangeTimeout = .milliseconds(50) }) { manager in
            stage.emulator.script([EmulatorFault(at: .token, when: .after, .delay(seconds: 0.5))])
            _ = try await manager.registry.signIn(ProfileName("paper"), interaction: stage.browser())
        }
        #expect(try await stage.paper().login.generation == 2)
    }
}
