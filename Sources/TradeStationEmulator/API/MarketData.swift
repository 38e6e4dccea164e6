import Foundation

/// Quotes and bars, made up from the symbol and the time.
enum MarketData {
    private struct Quotes: Encodable {
        let Quotes: [Quote]
        let Errors: [PartialError]
    }

    private struct Symbol: Encodable {
        let Name: String
        let Description: String
    }

    /// At most this many bars in one answer (TradeStation's OpenAPI file).
    static let mostBars = 57_600

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

    /// Every symbol is known, except those that begin with UNKNOWN.
    static func knows(_ symbol: String) -> Bool {
        !symbol.isEmpty && !symbol.uppercased().hasPrefix("UNKNOWN")
    }
}
