/// An order that the emulator accepted, with the user and token that placed it, for assertions in tests.
public struct EmulatedOrder: Sendable, Equatable, Codable {
    /// The status of an order.
    public enum Status: String, Sendable, Codable {
        /// Accepted and not yet executed.
        case open = "OPN"
        /// Executed completely. The simulator fills market orders immediately.
        case filled = "FLL"
        /// Cancelled by the user.
        case cancelled = "UCN"
    }

    /// The order id that the client received in the answer.
    public let orderID: String
    /// The log number (``RequestLogEntry/seq``) of the request that placed the order.
    public let seq: Int
    /// The time of acceptance on the emulator's clock: RFC 3339 with milliseconds.
    public let at: String
    /// The base URL of the request: `live` or `sim`.
    public let environment: String
    /// The user whose access token placed the order.
    public let username: String
    /// The fingerprint of the access token that placed the order.
    public let access: String
    /// The id of the account.
    public let accountID: String
    /// The symbol.
    public let symbol: String
    /// The quantity.
    public internal(set) var quantity: String
    /// The order type: `Market`, `Limit`, `StopMarket` or `StopLimit`.
    public internal(set) var orderType: String
    /// The limit price.
    public internal(set) var limitPrice: String?
    /// The stop price.
    public internal(set) var stopPrice: String?
    /// The trade action: `BUY`, `SELL`, ….
    public let tradeAction: String
    /// The duration: `DAY`, `GTC`, ….
    public let duration: String
    /// The `OrderConfirmID` that the client sent; TradeStation accepts each one once per user.
    public let confirmID: String?
    /// The current status.
    public internal(set) var status: Status

    enum CodingKeys: String, CodingKey {
        case seq, at, environment, username, access, symbol, quantity, duration, status
        case orderID = "order_id"
        case accountID = "account_id"
        case orderType = "order_type"
        case limitPrice = "limit_price"
        case stopPrice = "stop_price"
        case tradeAction = "trade_action"
        case confirmID = "confirm_id"
    }
}
