import Testing
import TradeStationTesting

@Suite struct TwoBotsOnOneLoginTests {
    @Test func `two profiles on one login share one exchange`() async throws {
        try await ArticleStage.with { stage in
            stage.clock.advance(by: .seconds(1201))
            let isOneToken = try await TwoBotsOnOneLogin.share(stage.manager)
            #expect(isOneToken)
            #expect(stage.emulator.counts.refreshes == 1)
        }
    }
}
