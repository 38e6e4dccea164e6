import Foundation

/// A quote: complete, or only the members that change with a trade.
struct Quote: Encodable, Sendable {
    let Symbol: String
    var Open: String?
    var High: String?
    var Low: String?
    var PreviousClose: String?
    let Last: String
    let Ask: String
    var AskSize: String?
    let Bid: String
    var BidSize: String?
    let Volume: String
    let TradeTime: String

    /// Creates a complete quote, as in a snapshot or the first object of a stream.
    init(_ symbol: String, at now: Date) {
        self.init(change: 0, of: symbol, at: now)
        let price = Price(of: symbol)
        Open = price.moved(-20).text
        High = price.moved(50).text
        Low = price.moved(-50).text
        PreviousClose = price.moved(-25).text
        AskSize = "100"
        BidSize = "200"
    }

    /// Creates a quote with only the members that change, as in the later objects of a stream.
    init(change step: Int, of symbol: String, at now: Date) {
        let price = Price(of: symbol, step: step)
        Symbol = symbol
        Last = price.text
        Ask = price.moved(1).text
        Bid = price.moved(-1).text
        Volume = "\(100_000 + 100 * step)"
        TradeTime = Timestamp.text(now)
    }
}
