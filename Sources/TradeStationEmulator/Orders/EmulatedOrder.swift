/// An order that the emulator accepted, so that a test can assert "it saw it once, from this user, with this token".
public struct EmulatedOrder: Sendable, Equatable, Codable {
    /// How far an order got.
    public enum Status: String, Sendable, Codable {
        /// Accepted and working.
        case open = "OPN"
        /// Executed in full. At the simulator that happens to market orders at once.
        case filled = "FLL"
        /// Cancelled by its user.
        case cancelled = "UCN"
    }

    /// The id that was answered.
    public let orderID: String
    /// Which request of the log it came with.
    public let seq: Int
    /// When it was accepted, by the emulator's clock: RFC 3339 with milliseconds.
    public let at: String
    /// The base URL it came to: `live` or `sim`.
    public let environment: String
    /// The user whose token was presented.
    public let username: String
    /// The access token that was presented, as a fingerprint.
    public let access: String
    /// The account it is for.
    public let accountID: String
    /// What is bought or sold.
    public let symbol: String
    /// How much of it.
    public internal(set) var quantity: String
    /// `Market`, `Limit`, `StopMarket`, `StopLimit`.
    public internal(set) var orderType: String
    /// The price of a limit order.
    public internal(set) var limitPrice: String?
    /// The price of a stop order.
    public internal(set) var stopPrice: String?
    /// `BUY`, `SELL`, ….
    public let tradeAction: String
    /// `DAY`, `GTC`, ….
    public let duration: String
    /// The client's own id, which passes once.
    public let confirmID: String?
    /// How far it got.
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
