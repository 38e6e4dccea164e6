import Testing
import TradeStationTesting

@Suite struct RunningAsAServiceTests {
    @Test func `the service runs until SIGTERM and shuts down cleanly`() async {
        await #expect(processExitsWith: .success) {
            try await ArticleStage.atHome { stage in
                try await RunningAsAService.run()
                #expect(stage.emulator.counts.streamsOpened == 1)
            }
        }
    }
}
