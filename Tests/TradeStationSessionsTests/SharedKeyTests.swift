import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationStore
import TradeStationTesting

@testable import TradeStationSessions

/// What concerns every login of an API key.
@Suite(.stage()) struct SharedKeyTests {
    private let stage = SessionStage.current
    private var manager: SessionManager { stage.manager }

    @Test func `a refused key stops every login of the key, and the right secret makes them work again`()
        async throws
    {
        try await stage.add("second", user: 1, to: manager)
        try await manager.registry.change(ProfileName("paper"), KeyChange(secret: Secret("wrong")))
        stage.clock.advance(by: .seconds(1201))
        #expect(await code { _ = try await manager.session(named: "paper").accessToken() } == .clientRejected)
        let before = stage.emulator.counts.exchanges
        #expect(await code { _ = try await manager.session(named: "second").accessToken() } == .clientRejected)
        #expect(stage.emulator.counts.exchanges == before)
        #expect(try await manager.registry.profile(named: ProfileName("second")).state == .badClient)
        try await manager.registry.change(
            ProfileName("second"),
            KeyChange(secret: Secret(stage.emulator.addresses.clientSecret))
        )
        _ = try await manager.session(named: "paper").accessToken()
        _ = try await manager.session(named: "second").accessToken()
        #expect(try await manager.registry.profiles().map(\.state) == [.ready, .ready, .ready])
    }

    @Test func `every login of the key waits for the end of a pause that the server asks for`() async throws {
        try await stage.add("second", user: 1, to: manager)
        let session = try await manager.session(named: "paper")
        let second = try await manager.session(named: "second")
        stage.clock.advance(by: .seconds(1201))
        stage.emulator.script([
            EmulatorFault(
                at: .token,
                when: .before,
                .respond(status: 429, headers: ["Retry-After": "20"], body: "{}")
            )
        ])
        #expect(await code { _ = try await session.accessToken() } == .rateLimited)
        let sent = stage.emulator.counts.exchanges
        let started = stage.clock.bootMilliseconds()
        _ = try await stage.clock.whileTimePasses { try await second.accessToken() }
        #expect(stage.clock.bootMilliseconds() - started >= 20_000)
        #expect(stage.emulator.counts.exchanges == sent + 1)
    }
}
