import Foundation

/// A request for bars: the query parameters `interval`, `unit` and `barsback`.
struct BarRequest: Sendable, Equatable {
    let symbol: String
    let barSeconds: Double
    let count: Int

    /// Reads a query; nil if it contains a value that TradeStation's OpenAPI file does not allow.
    init?(symbol: String, query: String) {
        guard let fields = FormFields(query) else { return nil }
        let seconds: [String: Double] = ["minute": 60, "daily": 86400, "weekly": 604_800, "monthly": 2_592_000]
        guard
            let interval = Int(fields["interval"] ?? "1"), (1...1440).contains(interval),
            let unit = seconds[(fields["unit"] ?? "Daily").lowercased()],
            let count = Int(fields["barsback"] ?? "1"), (1...MarketData.maximumBars).contains(count)
        else { return nil }
        self.symbol = symbol
        barSeconds = unit * Double(interval)
        self.count = count
    }

    init(symbol: String) {
        self.symbol = symbol
        barSeconds = 60
        count = 1
    }

    /// Returns the closed bars up to `now`, oldest first. If `marksEnd` is true, as for a stream, the last bar is
    /// marked as the end of the history.
    func history(at now: Date, marksEnd: Bool = false) -> [Bar] {
        (0..<count).map { index in
            Bar(
                symbol: symbol,
                endingAt: now.addingTimeInterval(-barSeconds * Double(count - 1 - index)),
                step: index,
                isEndOfHistory: marksEnd && index == count - 1
            )
        }
    }
}
