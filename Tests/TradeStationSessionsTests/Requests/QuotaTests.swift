import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

/// The quota of a server that allows three requests in 20 s for each resource.
@Suite(.stage()) struct QuotaTests {
    private let stage = SessionStage.current
    private var manager: SessionManager { stage.manager }

    private static let accounts = "/v3/brokerage/accounts"

    init() {
        stage.emulator.changeSettings {
            $0.quotaLimit = 3
            $0.quotaSeconds = 20
        }
    }

    @Test func `a GET over the quota is sent once the quota is full again, and the session shows the numbers`()
        async throws
    {
        let session = try await manager.session(named: "paper")
        for left in [2, 1, 0] {
            #expect(try await session.get(Self.accounts).status == 200)
            #expect(session.quota?.remaining == left)
            #expect(session.quota?.limit == 3)
            #expect(session.quota?.resource == "accounts")
            #expect(session.quota?.resetsAt == stage.clock.wallTime().advanced(byMilliseconds: 20_000))
            stage.clock.advance(by: .seconds(1))
        }
        // None of the three counts 19 s from now, as the last answer said.
        let started = stage.clock.bootMilliseconds()
        let answer = try await stage.clock.whileTimePasses { try await session.get(Self.accounts) }
        #expect(answer.status == 200)
        #expect(stage.clock.bootMilliseconds() - started == 19_000)
        #expect(stage.emulator.counts.throttled == 0)
        #expect(stage.emulator.counts.apiRequests == 4)
    }

    @Test func `a request that cannot wait for this long, and one that may change something, fail at once`()
        async throws
    {
        struct Accounts: Decodable {}
        let session = try await manager.session(named: "paper")
        for _ in 1...3 { _ = try await session.get(Self.accounts) }
        let hasty = await APIErrorTests.apiError {
            _ = try await session.get(Self.accounts, as: Accounts.self, timeout: .seconds(19))
        }
        #expect(hasty?.status == 429)
        #expect(hasty?.error == "TooManyRequests")
        #expect(hasty?.retryAfter == .seconds(20))
        #expect(hasty?.message?.hasPrefix("Not sent: the quota of accounts is used up") == true)
        #expect(session.quota?.remaining == 0)
        #expect(stage.emulator.counts.apiRequests == 3)
        // Orders have no quota of their own (TradeStation lists none), so this answer is made up.
        stage.respond(
            429,
            headers: ["Retry-After": "1", "X-RateLimit-Remaining": "0"],
            #"{"Error":"TooManyRequests","Message":"Rate quota exceeded"}"#
        )
        let order = await APIErrorTests.apiError {
            _ = try await session.post("/v3/orderexecution/orders", body: ["AccountID": "SIM1"], as: Accounts.self)
        }
        #expect(order?.status == 429)
        #expect(order?.retryAfter == .seconds(1))
        #expect(stage.emulator.counts.apiRequests == 4)
        #expect(stage.clock.sleeperCount == 0)
    }

    @Test func `another profile of the user shares the quota, another resource has its own`() async throws {
        let (paper, real) = try await (manager.session(named: "paper"), manager.session(named: "real"))
        for _ in 1...3 { _ = try await paper.get(Self.accounts) }
        let held = try await real.get(Self.accounts, timeout: .seconds(5))
        #expect(held.status == 429)
        #expect(held.header("Retry-After") == "20")
        #expect(held.header("X-TSAccounts") == "rate_limited")
        #expect(stage.emulator.counts.throttled == 0)
        #expect(try await real.get("/v3/marketdata/quotes/MSFT").status == 200)
        #expect(real.quota?.resource == "quote-snapshot")
        #expect(paper.quota?.resource == "accounts")
    }
}
