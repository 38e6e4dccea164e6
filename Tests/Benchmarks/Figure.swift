import Foundation

/// A line of the report: a measured value and its limit, if it has one.
struct Figure: Sendable {
    let name: String
    let value: Double
    let unit: String
    var spread: ClosedRange<Double>?
    var limit: Double?

    init(_ name: String, _ value: Double, _ unit: String, limit: Double? = nil) {
        self.name = name
        self.value = value
        self.unit = unit
        self.limit = limit
    }

    init(_ name: String, _ spread: Spread, _ unit: String, limit: Double? = nil) {
        self.init(name, spread.median, unit, limit: limit)
        self.spread = spread.quartiles
    }

    var exceedsLimit: Bool { limit.map { value > $0 } ?? false }

    var line: String {
        func text(_ value: Double) -> String {
            String(format: value == value.rounded() && unit.isEmpty ? "%.0f" : "%.2f", value)
        }
        let columns = [
            name.padding(toLength: 60, withPad: " ", startingAt: 0),
            String(repeating: " ", count: max(0, 9 - text(value).count)) + text(value),
            unit.padding(toLength: 5, withPad: " ", startingAt: 0),
            spread.map { "(\(text($0.lowerBound)) to \(text($0.upperBound)))" } ?? "",
            limit.map { exceedsLimit ? "OVER THE LIMIT of \(text($0))" : "limit \(text($0))" } ?? "",
        ]
        return columns.filter { !$0.isEmpty }.joined(separator: " ")
    }
}
