import Foundation
import MetricsTestKit
import Testing
import TradeStationTesting

@Suite struct EventsMetricsAndLogsTests {
    @Test func `a failure, the recovery and an ended sign-in are printed`() async throws {
        try await ArticleStage.with { stage in
            let (events, session) = try await EventsMetricsAndLogs.begin(stage.manager)
            let (lines, line) = AsyncStream.makeStream(of: String.self)
            let loop = Task {
                defer { line.finish() }
                await EventsMetricsAndLogs.listen(to: events) { line.yield($0.map { "\($0)" }.joined(separator: " ")) }
            }
            var printed = lines.makeAsyncIterator()
            stage.emulator.script([EmulatorFault(at: .token, .respond(status: 429, headers: [:], body: ""))])
            stage.clock.advance(by: .seconds(1200))
            await #expect(throws: AccountsError.self) { _ = try await session.accessToken() }
            #expect(await printed.next() == "refreshing fails: rate_limited")
            stage.clock.advance(by: .seconds(300))
            _ = try await session.accessToken()
            #expect(await printed.next() == "it works again")
            _ = try await stage.manager.registry.signOut(ProfileName("paper"))
            #expect(await printed.next() == #"sign in again: ["paper", "swing"]"#)
            await stage.manager.close()
            await loop.value
        }
    }

    @Test func `metrics go to the configured factory`() async {
        await #expect(processExitsWith: .success) {
            try await ArticleStage.atHome { _ in
                let metrics = TestMetrics()
                let manager = try await EventsMetricsAndLogs.measured(by: metrics)
                _ = try await manager.session(named: "paper").accounts()
                await manager.close()
                let labels = Set(metrics.counters.map(\.label) + metrics.timers.map(\.label))
                #expect(labels.isSuperset(of: ["tsaccounts_requests_total", "tsaccounts_request_duration"]))
            }
        }
    }

    @Test func `the article names exactly the existing metrics`() throws {
        func names(_ lines: [Substring]) -> Set<String> {
            Set(lines.flatMap { $0.matches(of: #/tsaccounts(_[a-z]+)+/#) }.map { String($0.0) })
        }
        let source = Article.catalog.deletingLastPathComponent().appendingPathComponent("Metrics/SessionMetrics.swift")
        let existing = try String(contentsOf: source, encoding: .utf8).split(separator: "\n")
        #expect(names(try Article(name: "EventsMetricsAndLogs").text()) == names(existing))
    }

    @Test func `failed refreshes are found in the audit`() async throws {
        try await ArticleStage.with { stage in
            let session = try await stage.manager.session(named: "paper")
            let since = stage.clock.wallTime()
            stage.emulator.script([EmulatorFault(at: .token, .respond(status: 429, headers: [:], body: ""))])
            stage.clock.advance(by: .seconds(1200))
            await #expect(throws: AccountsError.self) { _ = try await session.accessToken() }
            var outcomes: [String] = []
            try await EventsMetricsAndLogs.lookBack(stage.manager, since: since) { _, _, outcome in
                outcomes.append(outcome)
            }
            #expect(outcomes == ["rate_limited"])
        }
    }
}
