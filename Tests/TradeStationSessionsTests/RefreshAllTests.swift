import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

@Suite(.stage(opens: .emptyStore)) struct RefreshAllTests {
    private let stage = SessionStage.current
    private var manager: SessionManager { stage.manager }

    private static func outcomes(_ results: [Result<RefreshReport, AccountsError>]) -> [String] {
        results.map { result in
            switch result {
            case .success(let report): "\(report.profile) \(report.outcome)"
            case .failure(let error): "\(error.profile ?? "-") \(error.code)"
            }
        }
    }

    @Test(.stage(rotate: true))
    func `only due logins are refreshed, a shared login once, and the results keep the order of the profiles`()
        async throws
    {
        try await stage.add("swing", user: 1, to: manager)
        stage.clock.advance(by: .seconds(600))
        _ = try await manager.refresh(manager.registry.profile(named: ProfileName("swing")))
        stage.clock.advance(by: .seconds(400))
        let records = try await manager.registry.profiles()
        let results = try await manager.refresh(all: records, onlyIfDue: true)
        #expect(Self.outcomes(results) == ["paper refreshed", "real fresh", "swing fresh"])
        #expect(stage.emulator.counts.refreshes == 2)
        let again = try await manager.refresh(all: records.reversed(), onlyIfDue: true)
        #expect(Self.outcomes(again) == ["swing fresh", "real fresh", "paper fresh"])
        let all = try await manager.refresh(all: try await manager.registry.profiles())
        #expect(Self.outcomes(all) == ["paper refreshed", "real adopted", "swing refreshed"])
        #expect(stage.emulator.counts.refreshes == 4)
    }

    @Test func `forty logins at once are refreshed sixteen at a time`() async throws {
        try await stage.addLogins(40, to: manager)
        stage.clock.advance(by: .seconds(1000))
        let records = try await manager.registry.profiles()
        let results = try await manager.refresh(all: records, onlyIfDue: true)
        #expect(Self.outcomes(results) == records.map { "\($0.name) refreshed" })
        #expect(stage.emulator.counts.refreshes == 41)
        let most = try await stage.mostAtOnce(manager)
        #expect((2...16).contains(most), "\(most) at once")
    }

    @Test func `a login in a pause and a refused key are skipped, unless the refresh is not limited to due logins`()
        async throws
    {
        try await stage.add("paper", to: manager)
        stage.clock.advance(by: .seconds(1000))
        stage.emulator.script([
            EmulatorFault(
                at: .token,
                when: .before,
                .respond(status: 401, headers: [:], body: #"{"error":"invalid_client"}"#)
            )
        ])
        let records = try await manager.registry.profiles()
        for exchanges in [1, 1] {
            let results = try await manager.refresh(all: records, onlyIfDue: true)
            #expect(Self.outcomes(results) == ["paper client_rejected"])
            #expect(stage.emulator.counts.refreshes == exchanges)
        }
        #expect(Self.outcomes(try await manager.refresh(all: records)) == ["paper refreshed"])
    }
}
