import Foundation

/// Quotes and symbols, computed from the symbol's name and the time.
enum MarketData {
    private struct Quotes: Encodable {
        let Quotes: [Quote]
        let Errors: [PartialError]
    }

    private struct Symbol: Encodable {
        let Name: String
        let Description: String
    }

    /// The maximum number of bars in one answer (TradeStation's OpenAPI file).
    static let maximumBars = 57_600

    static func quotes(_ symbols: [String], at now: Date) -> Answer {
        .json(
            Quotes(
                Quotes: symbols.filter(knows).map { Quote($0, at: now) },
                Errors: symbols.filter { !knows($0) }.map(PartialError.symbol)
            )
        )
    }

    static func symbols(_ text: String) -> Answer {
        .json([Symbol(Name: text, Description: "OK")])
    }

    /// Whether a symbol exists: every one does, except those that start with UNKNOWN.
    static func knows(_ symbol: String) -> Bool {
        !symbol.isEmpty && !symbol.uppercased().hasPrefix("UNKNOWN")
    }
}
