/// An order in the API's JSON format, for answers and streams.
struct OrderText: Encodable, Sendable {
    struct Leg: Encodable {
        let AssetType = "STOCK"
        let BuyOrSell: String
        let ExecQuantity: String
        let OpenOrClose = "Open"
        let QuantityOrdered: String
        let QuantityRemaining: String
        let Symbol: String
    }

    let AccountID: String
    let Currency = "USD"
    let Duration: String
    let Legs: [Leg]
    let LimitPrice: String?
    let StopPrice: String?
    let OpenedDateTime: String
    let OrderID: String
    let OrderType: String
    let Status: String
    let StatusDescription: String

    init(_ order: EmulatedOrder) {
        let isFilled = order.status == .filled
        AccountID = order.accountID
        Duration = order.duration
        Legs = [
            Leg(
                BuyOrSell: order.tradeAction.hasPrefix("BUY") ? "Buy" : "Sell",
                ExecQuantity: isFilled ? order.quantity : "0",
                QuantityOrdered: order.quantity,
                QuantityRemaining: isFilled ? "0" : order.quantity,
                Symbol: order.symbol
            )
        ]
        LimitPrice = order.limitPrice
        StopPrice = order.stopPrice
        OpenedDateTime = order.at
        OrderID = order.orderID
        OrderType = order.orderType
        Status = order.status.rawValue
        StatusDescription =
            switch order.status {
            case .open: "Sent"
            case .filled: "Filled"
            case .cancelled: "UROut"
            }
    }
}
