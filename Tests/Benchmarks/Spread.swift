/// Many measurements of one thing, in short: the median, and the quartiles for how far it can be trusted.
struct Spread: Sendable {
    let median: Double
    let quartiles: ClosedRange<Double>

    /// - Parameter values: at least one.
    init(_ values: [Double]) {
        let sorted = values.sorted()
        func value(at part: Double) -> Double { sorted[Int((Double(sorted.count - 1) * part).rounded())] }
        median = value(at: 0.5)
        quartiles = value(at: 0.25)...value(at: 0.75)
    }
}
