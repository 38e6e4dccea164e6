/// The subject of a stream, with the content type, rate limit and messages that TradeStation uses for it (TradeStation,
/// "HTTP Streaming").
enum StreamSubject: Sendable, Equatable {
    case quotes(symbols: [String])
    case bars(symbol: String)
    /// Tick bars (v2).
    case tickBars(symbol: String)
    case orders(accounts: [String], ids: [String]?)
    case positions(accounts: [String])

    var kind: EmulatedStream.Kind {
        switch self {
        case .quotes: .quotes
        case .bars: .bars
        case .tickBars: .tickBars
        case .orders: .orders
        case .positions: .positions
        }
    }

    /// The accounts of a brokerage stream; nil for market data.
    var accounts: [String]? {
        switch self {
        case .orders(let accounts, _), .positions(let accounts): accounts
        case .quotes, .bars, .tickBars: nil
        }
    }

    var contentType: String {
        switch self {
        case .orders, .positions: "application/vnd.tradestation.streams.v3+json"
        case .quotes, .bars: "application/vnd.tradestation.streams.v2+json"
        case .tickBars: "application/vnd.tradestation.streams+json"
        }
    }

    var quotaName: String {
        switch self {
        case .quotes: "quote-change-stream"
        case .bars: "stream-barcharts"
        case .tickBars: "stream-tickbars"
        case .orders: "streaming-orders"
        case .positions: "streaming-positions"
        }
    }

    /// The message that the server sends before it shuts down.
    var goAway: String {
        accounts == nil
            ? JSONText.encode(["Error": "GoAway", "Message": "The server is about to shut down."])
            : JSONText.encode(["StreamStatus": "GoAway"])
    }
}
