import Testing
import TradeStationTesting

@Suite struct FencesTests {
    @Test func `a new fence blocks the next request with the error of the article`() async throws {
        try await ArticleStage.with { stage in
            let session = try await stage.manager.session(named: "swing")
            try await Fences.close(stage.manager)
            var printed: [String] = []
            try await Fences.cancel("286234131", session) { printed.append("\($0)") }
            #expect(printed == (try Article(name: "Fences").blocks("text").map(\.description)))
            #expect(stage.emulator.counts.apiRequests == 0)
        }
    }

    @Test func `a live profile can be used on the simulator`() async throws {
        try await ArticleStage.with { stage in
            let rehearsal = try await Fences.rehearse(stage.manager)
            #expect(try await rehearsal.accounts().map(\.id) == EmulatorUser.defaults[0].simAccounts)
        }
    }
}
