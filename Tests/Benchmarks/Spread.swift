/// The median and the quartiles of many measurements.
struct Spread: Sendable {
    let median: Double
    let quartiles: ClosedRange<Double>

    /// Creates the spread of at least one value.
    init(_ values: [Double]) {
        let sorted = values.sorted()
        func value(at part: Double) -> Double { sorted[Int((Double(sorted.count - 1) * part).rounded())] }
        median = value(at: 0.5)
        quartiles = value(at: 0.25)...value(at: 0.75)
    }
}
