import MetricsTestKit
import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

/// The metrics that a program's back end gets, by their documented names.
@Suite(.stage(opens: .nothing)) struct MetricsTests {
    private let stage = SessionStage.current

    /// The sums of a counter for profile `paper`, by the value of one more dimension.
    private func counted(_ metrics: TestMetrics, _ label: String, by dimension: String) -> [String: Int64] {
        metrics.counters(label: label).reduce(into: [:]) { sums, counter in
            let dimensions = Dictionary(uniqueKeysWithValues: counter.dimensions)
            guard dimensions["profile"] == "paper", let value = dimensions[dimension] else { return }
            sums[value, default: 0] += counter.totalValue
        }
    }

    @Test(.stage(rotate: true, opens: .nothing)) func `exchanges are counted and timed by their outcome`() async throws
    {
        let metrics = TestMetrics()
        try await stage.withManager(configure: { $0.metrics = metrics }) { manager in
            let record = try await stage.add("paper", to: manager)
            _ = try await manager.refresh(record)
            stage.emulator.script([
                EmulatorFault(at: .token, .respond(status: 503, headers: [:], body: ""))
            ])
            let stored = try await manager.registry.profile(named: ProfileName("paper"))
            #expect(await code { _ = try await manager.refresh(stored) } == .serverError)
            #expect(
                counted(metrics, "tsaccounts_exchanges_total", by: "outcome") == ["rotated": 1, "server_error": 1]
            )
            let durations = metrics.timers(label: "tsaccounts_exchange_duration").map(\.values.count)
            #expect(durations == [1, 1])
            #expect(metrics.timers(label: "tsaccounts_lock_wait_duration").map(\.values.count) == [2])
        }
    }

    @Test func `a token that another process refreshed counts as an adoption and not as an exchange`() async throws {
        let metrics = TestMetrics()
        try await stage.withManager(configure: { $0.metrics = metrics }) { manager in
            try await stage.add("paper", to: manager)
            let session = try await manager.session(named: "paper")
            stage.clock.advance(by: .seconds(1200))
            try await stage.withManager { other in
                _ = try await other.session(named: "paper").accessToken()
            }
            _ = try await session.accessToken()
            #expect(metrics.counters(label: "tsaccounts_adoptions_total").map(\.totalValue) == [1])
            #expect(metrics.counters(label: "tsaccounts_exchanges_total").isEmpty)
        }
    }

    @Test func `each sent request is counted by its status, also a request without an answer`() async throws {
        let metrics = TestMetrics()
        try await stage.withManager(configure: { $0.metrics = metrics }) { manager in
            try await stage.add("paper", to: manager)
            let session = try await manager.session(named: "paper")
            stage.emulator.expireAccessTokens()
            _ = try await session.get("/brokerage/accounts")
            #expect(counted(metrics, "tsaccounts_requests_total", by: "status") == ["401": 1, "200": 1])
            stage.emulator.script([EmulatorFault(at: .api, .close)])
            #expect(
                await code { _ = try await session.post("/orderexecution/orders", json: Array("{}".utf8)) }
                    == .outcomeUnknown
            )
            #expect(
                counted(metrics, "tsaccounts_requests_total", by: "status")
                    == ["401": 1, "200": 1, "none": 1]
            )
            #expect(counted(metrics, "tsaccounts_requests_total", by: "method") == ["GET": 2, "POST": 1])
            let durations = metrics.timers(label: "tsaccounts_request_duration").map(\.values.count)
            #expect(durations.reduce(0, +) == 3)
        }
    }

    @Test func `streams are counted when they open, and by the reason for an interruption`() async throws {
        let metrics = TestMetrics()
        stage.emulator.changeSettings { $0.heartbeatSeconds = 0 }
        try await stage.withManager(configure: { $0.metrics = metrics }) { manager in
            try await stage.add("paper", to: manager)
            let session = try await manager.session(named: "paper")
            var quotes = session.stream(SessionStage.quotes, of: Tick.self).makeAsyncIterator()
            #expect(try await quotes.next()?.symbol == "MSFT")
            #expect(stage.emulator.streams.strike(.goAway) == 1)
            #expect(try await stage.clock.whileTimePasses { try await quotes.next() } == .reopened(.goAway))
            #expect(metrics.counters(label: "tsaccounts_stream_openings_total").map(\.totalValue) == [2])
            #expect(
                counted(metrics, "tsaccounts_stream_interruptions_total", by: "reason") == ["go_away": 1]
            )
            #expect(try await quotes.next()?.symbol == "MSFT")
            stage.emulator.streams.send([#"{"Error":"Unauthorized","Message":"..."}"#])
            let marker = try await stage.clock.whileTimePasses { try await quotes.next() }
            #expect(marker == .reopened(.tokenRefused))
            #expect(
                counted(metrics, "tsaccounts_stream_interruptions_total", by: "reason")
                    == ["go_away": 1, "token_refused": 1]
            )
        }
    }
}
