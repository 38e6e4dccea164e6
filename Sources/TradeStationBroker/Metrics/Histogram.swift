/// How many durations lie below each of several limits.
struct Histogram: Hashable, Sendable {
    /// The limits in seconds: from an answer of a server nearby to the longest timeouts.
    static let limits = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

    /// The number of durations up to each limit that are above the limit before it; the last is for those above all.
    private var counts = [Int](repeating: 0, count: limits.count + 1)
    private var sum = 0.0

    /// Adds a duration in seconds.
    mutating func add(_ seconds: Double) {
        let index = Self.limits.firstIndex { seconds <= $0 } ?? Self.limits.count
        counts[index] += 1
        sum += seconds
    }

    /// The samples of a histogram with these labels. Each bucket includes those before it.
    func samples(_ labels: [MetricFamily.Label]) -> [MetricFamily.Sample] {
        var total = 0
        let names = Self.limits.map(PrometheusText.number) + ["+Inf"]
        let buckets = zip(names, counts).map { limit, count in
            total += count
            return MetricFamily.Sample(suffix: "_bucket", labels + [.init("le", limit)], Double(total))
        }
        return buckets + [.init(suffix: "_sum", labels, sum), .init(suffix: "_count", labels, Double(total))]
    }
}
