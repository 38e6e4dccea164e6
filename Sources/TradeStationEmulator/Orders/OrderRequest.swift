/// The body of a request that places an order, with the members of TradeStation's OpenAPI file that the emulator uses.
struct OrderRequest: Decodable, Sendable {
    struct TimeInForce: Decodable, Sendable {
        let Duration: String
    }

    static let types = ["Market", "Limit", "StopMarket", "StopLimit"]
    static let actions = [
        "BUY", "SELL", "BUYTOCOVER", "SELLSHORT", "BUYTOOPEN", "BUYTOCLOSE", "SELLTOOPEN", "SELLTOCLOSE",
    ]

    let AccountID: String
    let Symbol: String
    let Quantity: String
    let OrderType: String
    let TradeAction: String
    let TimeInForce: TimeInForce
    let LimitPrice: String?
    let StopPrice: String?
    let OrderConfirmID: String?

    /// Why TradeStation would reject the order; nil if it is valid.
    var validationError: String? {
        if Double(Quantity).map({ $0 > 0 }) != true { return "Quantity must be a positive number." }
        if !Self.types.contains(OrderType) { return "OrderType must be one of \(Self.types.joined(separator: ", "))." }
        if !Self.actions.contains(TradeAction) {
            return "TradeAction must be one of \(Self.actions.joined(separator: ", "))."
        }
        if OrderType.hasSuffix("Limit"), LimitPrice == nil { return "LimitPrice is missing." }
        if OrderType.hasPrefix("Stop"), StopPrice == nil { return "StopPrice is missing." }
        if !MarketData.knows(Symbol) { return "Invalid Symbol." }
        return nil
    }

    /// The one-line description of the order in the answer.
    var summary: String {
        "\(TradeAction.prefix(1))\(TradeAction.dropFirst().lowercased()) \(Quantity) \(Symbol) @ \(LimitPrice ?? OrderType)"
    }
}

/// The body of an order group: one-cancels-the-other, bracket or normal.
struct OrderGroupRequest: Decodable, Sendable {
    let `Type`: String
    let Orders: [OrderRequest]
}

/// The body of a request that replaces an order; values of the order that are missing in the body do not change.
struct OrderChange: Decodable, Sendable {
    let Quantity: String?
    let LimitPrice: String?
    let StopPrice: String?
    let OrderType: String?
}
