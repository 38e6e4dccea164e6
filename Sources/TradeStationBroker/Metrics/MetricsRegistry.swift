package import CoreMetrics
import Synchronization

/// Collects the counters and timers of this process for Prometheus. Timers become histograms in seconds.
package final class MetricsRegistry: MetricsFactory {
    private struct Key: Hashable {
        let name: String
        let labels: [MetricFamily.Label]
    }

    private struct State {
        var series: [Key: MetricSeries] = [:]
        var counts: [String: Int] = [:]
        var dropped = 0
    }

    /// The maximum number of label combinations of one metric. A server that answers with ever new statuses must not
    /// fill the memory of this process and of Prometheus.
    static let maximumSeries = 10_000

    private let state = Mutex(State())

    /// Creates an empty registry.
    package init() {}

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions, .counter(0))
    }

    package func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        series(label, dimensions, .gauge(0))
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label + "_seconds", dimensions, .histogram(Histogram()))
    }

    /// Does nothing: a metric keeps its value, although the library makes a new handler for each event.
    package func destroyCounter(_ handler: any CounterHandler) {}
    /// Does nothing, as ``destroyCounter(_:)``.
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    /// Does nothing, as ``destroyCounter(_:)``.
    package func destroyTimer(_ handler: any TimerHandler) {}

    private func series(
        _ name: String,
        _ dimensions: [(String, String)],
        _ initial: MetricSeries.Value
    ) -> MetricSeries {
        let key = Key(name: name, labels: dimensions.map { MetricFamily.Label($0.0, $0.1) })
        return state.withLock { state in
            if let series = state.series[key] { return series }
            let series = MetricSeries(initial)
            guard state.counts[name, default: 0] < Self.maximumSeries else {
                state.dropped += 1
                return series
            }
            state.counts[name, default: 0] += 1
            state.series[key] = series
            return series
        }
    }

    /// The metrics with their values now, sorted by name and labels.
    package var families: [MetricFamily] {
        let (series, dropped) = state.withLock { ($0.series, $0.dropped) }
        let byName = Dictionary(grouping: series) { $0.key.name }
        let lost = MetricFamily(
            "tsaccounts_metrics_dropped_total",
            .counter,
            help: "Events that were not counted, because their metric has too many label combinations.",
            [.init([], Double(dropped))]
        )
        return byName.keys.sorted().map { name in
            let sorted = (byName[name] ?? []).sorted { order($0.key.labels) < order($1.key.labels) }
            return MetricFamily(
                name,
                sorted.first?.value.value.kind ?? .gauge,
                help: MetricHelp.text(of: name),
                sorted.flatMap { $0.value.value.samples($0.key.labels) }
            )
        } + [lost]
    }

    private func order(_ labels: [MetricFamily.Label]) -> String {
        labels.map(\.value).joined(separator: "\0")
    }
}

extension MetricSeries.Value {
    fileprivate var kind: MetricFamily.Kind {
        switch self {
        case .counter: .counter
        case .gauge: .gauge
        case .histogram: .histogram
        }
    }

    fileprivate func samples(_ labels: [MetricFamily.Label]) -> [MetricFamily.Sample] {
        switch self {
        case .counter(let count): [.init(labels, Double(count))]
        case .gauge(let value): [.init(labels, value)]
        case .histogram(let histogram): histogram.samples(labels)
        }
    }
}
