import CoreMetrics
import Synchronization

/// The value of one metric with certain labels, which the library's code changes.
final class MetricSeries: CounterHandler, RecorderHandler, TimerHandler {
    /// The value, by the kind of its metric.
    enum Value: Hashable, Sendable {
        case counter(Int64)
        case gauge(Double)
        case histogram(Histogram)
    }

    private let state: Mutex<Value>

    init(_ value: Value) {
        state = Mutex(value)
    }

    var value: Value { state.withLock { $0 } }

    func increment(by amount: Int64) {
        state.withLock { value in
            if case .counter(let count) = value { value = .counter(count &+ max(0, amount)) }
        }
    }

    func reset() {
        state.withLock { value in
            if case .counter = value { value = .counter(0) }
        }
    }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        state.withLock { $0 = .gauge(value) }
    }

    func recordNanoseconds(_ duration: Int64) {
        state.withLock { value in
            guard case .histogram(var histogram) = value else { return }
            histogram.add(Double(max(0, duration)) / 1e9)
            value = .histogram(histogram)
        }
    }
}
