import CoreMetrics
import Testing
import TradeStationModel

@testable import TradeStationBroker

@Suite struct PrometheusTextTests {
    @Test func `a family has its help, its type and its samples`() {
        let family = MetricFamily(
            "tsaccounts_requests_total",
            .counter,
            help: "Requests.",
            [.init([.init("profile", "swing"), .init("status", "200")], 3), .init([.init("profile", "p")], 0.5)]
        )
        #expect(
            PrometheusText([family]).text == """
                # HELP tsaccounts_requests_total Requests.
                # TYPE tsaccounts_requests_total counter
                tsaccounts_requests_total{profile="swing",status="200"} 3
                tsaccounts_requests_total{profile="p"} 0.5

                """
        )
    }

    @Test func `what could end a value or a line is escaped`() {
        let family = MetricFamily(
            "a-b.1",
            .gauge,
            help: "back\\slash\nline \"quote\"",
            [.init([.init("re:source", "a\"b\\c\nd\u{1B}[31m\r")], 1)]
        )
        #expect(
            PrometheusText([family]).text == """
                # HELP a_b_1 back\\\\slash\\nline "quote"
                # TYPE a_b_1 gauge
                a_b_1{re_source="a\\"b\\\\c\\nd [31m "} 1

                """
        )
        #expect(PrometheusText.name("1é:x") == "_1_:x")
    }

    @Test func `numbers are those of the format`() {
        #expect(
            [1, -2, 0.25, 1e300, .nan, .infinity, -.infinity].map(PrometheusText.number) == [
                "1", "-2", "0.25", "1e+300", "NaN", "+Inf", "-Inf",
            ]
        )
        #expect(PrometheusText.number(1_791_279_060.123) == "1791279060.123")
    }

    @Test func `a family without samples is not written`() {
        #expect(PrometheusText([MetricFamily("a", .gauge, help: "A.", [])]).text.isEmpty)
    }

    @Test func `each bucket of a histogram includes those before it`() {
        let registry = MetricsRegistry()
        let timer = registry.makeTimer(label: "t", dimensions: [("outcome", "rotated")])
        for milliseconds in [1, 30, 30, 40_000] as [Int64] { timer.recordNanoseconds(milliseconds * 1_000_000) }
        let text = PrometheusText(registry.families).text
        #expect(text.contains("# TYPE t_seconds histogram\n"))
        #expect(text.contains("t_seconds_bucket{outcome=\"rotated\",le=\"0.005\"} 1\n"))
        #expect(text.contains("t_seconds_bucket{outcome=\"rotated\",le=\"0.05\"} 3\n"))
        #expect(text.contains("t_seconds_bucket{outcome=\"rotated\",le=\"30\"} 3\n"))
        #expect(text.contains("t_seconds_bucket{outcome=\"rotated\",le=\"+Inf\"} 4\n"))
        #expect(text.contains("t_seconds_count{outcome=\"rotated\"} 4\n"))
        #expect(text.contains("t_seconds_sum{outcome=\"rotated\"} 40.061\n"))
    }

    @Test func `a metric keeps its value between handlers, and other labels are another sample`() {
        let registry = MetricsRegistry()
        registry.makeCounter(label: "c", dimensions: [("p", "a")]).increment(by: 2)
        registry.makeCounter(label: "c", dimensions: [("p", "a")]).increment(by: 3)
        registry.makeCounter(label: "c", dimensions: [("p", "b")]).increment(by: -1)
        let text = PrometheusText(registry.families).text
        #expect(text.contains("c{p=\"a\"} 5\nc{p=\"b\"} 0\n"))
    }

    @Test func `a metric with too many label combinations does not grow for ever`() {
        let registry = MetricsRegistry()
        for number in 0..<MetricsRegistry.maximumSeries + 5 {
            registry.makeCounter(label: "c", dimensions: [("status", "\(number)")]).increment(by: 1)
        }
        #expect(registry.families.first?.samples.count == MetricsRegistry.maximumSeries)
        #expect(PrometheusText(registry.families).text.contains("tsaccounts_metrics_dropped_total 5\n"))
    }
}
