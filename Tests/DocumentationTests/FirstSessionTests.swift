import Testing
import TradeStationTesting

@Suite struct FirstSessionTests {
    @Test func `the first program lists the accounts`() async {
        await #expect(processExitsWith: .success) {
            try await ArticleStage.atHome { stage in
                var accounts: [String] = []
                try await FirstSession.open { id, type, currency in accounts.append("\(id) \(type) \(currency)") }
                #expect(accounts == ["SIM1100001M Margin USD", "SIM1100001F Futures USD"])
                var names: [String] = []
                try await FirstSession.scoped { names.append($0) }
                #expect(names == ["alice"])
            }
        }
    }

    @Test func `the program of the landing page gets positions`() async {
        await #expect(processExitsWith: .success) {
            try await ArticleStage.atHome { _ in
                let positions = try await LandingPage.positions(of: EmulatorUser.defaults[0].simAccounts[0])
                #expect(positions.status == 200)
                #expect(positions.text.contains("PositionID"))
            }
        }
    }

    @Test func `tokens can be used with another HTTP client`() async throws {
        try await ArticleStage.with { stage in
            let session = try await stage.manager.session(named: "paper")
            let headers = try await FirstSession.headers(session)
            #expect(headers["Authorization"]?.hasPrefix("Bearer ") == true)
            stage.clock.advance(by: .seconds(700))
            let token = try await FirstSession.longJob(session)
            #expect(token.expiresAt >= stage.clock.wallTime().advanced(byMilliseconds: 600_000))
            #expect(stage.emulator.counts.refreshes == 1)
        }
    }

    @Test func `an ended sign-in prints the error of the article`() async throws {
        try await ArticleStage.with { stage in
            let session = try await stage.manager.session(named: "paper")
            stage.emulator.revokeAll()
            stage.clock.advance(by: .seconds(1200))
            var printed: [String] = []
            try await FirstSession.failing(session) { printed.append("\($0)") }
            #expect(printed == (try Article(name: "FirstSession").blocks("text").map(\.description)))
        }
    }
}
