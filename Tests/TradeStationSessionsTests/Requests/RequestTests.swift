import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

@Suite(.stage()) struct RequestTests {
    private let stage = SessionStage.current
    private var manager: SessionManager { stage.manager }

    @Test func `a request goes to the profile's own host with its token`() async throws {
        let paper = try await manager.session(named: "paper").get("/v3/brokerage/accounts")
        let real = try await manager.session(named: "real").get("/brokerage/accounts")
        #expect(paper.status == 200)
        #expect(paper.text.contains("SIM"))
        #expect(real.status == 200)
        #expect(!real.text.contains("SIM"))
        #expect(paper.headers.contains { $0.name.lowercased() == "content-type" })
    }

    @Test func `a v2 profile uses the v2 API`() async throws {
        let session = try await stage.addV2(to: manager)
        #expect(try await session.get("/data/symbols/suggest/MS").status == 200)
        #expect(await code { _ = try await session.get("/v3/brokerage/accounts") } == .usage)
    }

    @Test(.stage(rotate: true)) func `after a 401 each request is sent once more, after one refresh for all of them`()
        async throws
    {
        let session = try await manager.session(named: "paper")
        stage.emulator.expireAccessTokens()
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<50 { group.addTask { try await session.get("/v3/brokerage/accounts").status } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses == Array(repeating: 200, count: 50))
        #expect(stage.emulator.counts.refreshes == 1)
    }

    @Test(.stage(rotate: true)) func `after a 401 a newer stored token is used without a refresh`() async throws {
        let session = try await manager.session(named: "paper")
        stage.emulator.expireAccessTokens()
        try await stage.withManager { other in
            _ = try await other.refresh(other.registry.profile(named: ProfileName("paper")))
        }
        #expect(try await session.get("/v3/brokerage/accounts").status == 200)
        #expect(stage.emulator.counts.refreshes == 1)
    }

    @Test func `a token that the API refused is not served again, even if the refresh fails`() async throws {
        let session = try await manager.session(named: "paper")
        stage.emulator.expireAccessTokens()
        stage.emulator.script([
            EmulatorFault(at: .token, when: .before, .respond(status: 502, headers: [:], body: "<html>"))
        ])
        #expect(await code { _ = try await session.get("/v3/brokerage/accounts") } == .serverError)
        #expect(session.currentAccessToken() == nil)
        // The store still has it as a valid token.
        let token = try await stage.clock.whileTimePasses { try await session.accessToken() }
        #expect(token.generation == 2)
        #expect(try await session.get("/v3/brokerage/accounts").status == 200)
        #expect(stage.emulator.counts.apiRequests == 2)
    }

    @Test func `a second 401 is returned as the answer`() async throws {
        let session = try await manager.session(named: "paper")
        stage.emulator.script([
            EmulatorFault(
                at: .api,
                when: .before,
                .respond(status: 401, headers: [:], body: #"{"Error":"Unauthorized","Message":"no"}"#),
                times: 2
            )
        ])
        let response = try await session.get("/v3/brokerage/accounts")
        #expect(response.status == 401)
        #expect(stage.emulator.counts.apiRequests == 2)
        #expect(stage.emulator.counts.refreshes == 1)
    }

    @Test func `a redirect of the API is not followed`() async throws {
        stage.emulator.script([
            EmulatorFault(
                at: .api,
                when: .before,
                .respond(status: 307, headers: ["Location": stage.emulator.addresses.liveURL], body: "")
            )
        ])
        let response = try await manager.session(named: "paper").get("/v3/brokerage/accounts")
        #expect(response.status == 307)
        #expect(response.error?.status == 307)
        #expect(stage.emulator.counts.apiRequests == 1)
    }
}
