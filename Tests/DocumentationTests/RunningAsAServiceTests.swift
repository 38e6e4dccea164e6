import Testing
import TradeStationTesting

@Suite struct RunningAsAServiceTests {
    @Test func `the service trades until it is told to stop, and ends well`() async {
        await #expect(processExitsWith: .success) {
            try await ArticleStage.atHome { stage in
                try await RunningAsAService.run()
                #expect(stage.emulator.counts.streamsOpened == 1)
            }
        }
    }
}
