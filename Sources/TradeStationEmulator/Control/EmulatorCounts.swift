/// What the emulator was asked so far, so that anyone can assert "exactly one exchange".
public struct EmulatorCounts: Sendable, Equatable, Codable {
    /// POSTs to the token endpoint that asked for tokens, also those that a fault swallowed.
    public internal(set) var exchanges = 0
    /// The exchanges whose grant was `authorization_code`.
    public internal(set) var codeExchanges = 0
    /// The exchanges whose grant was `refresh_token`.
    public internal(set) var refreshes = 0
    /// Exchanges that were answered with an OAuth error, scripted ones included.
    public internal(set) var refused = 0
    /// Families of refresh tokens that ended by reuse or expiry. A revocation that was asked for is no loss;
    /// an expiry is noticed when the expired token is presented.
    public internal(set) var loginsLost = 0
    /// POSTs to the revocation endpoint.
    public internal(set) var revocations = 0
    /// GETs of the authorization endpoint.
    public internal(set) var authorizeRequests = 0
    /// Requests to the API, on any base URL.
    public internal(set) var apiRequests = 0
    /// API requests that were answered with 429 because a quota was used up; scripted ones are not counted.
    public internal(set) var throttled = 0
    /// Orders that were accepted, also those whose answer a fault swallowed.
    public internal(set) var ordersAccepted = 0
    /// Orders that were replaced.
    public internal(set) var ordersReplaced = 0
    /// Orders that were cancelled.
    public internal(set) var ordersCancelled = 0
    /// Streams that are open now.
    public internal(set) var openStreams = 0
    /// Streams that were ever opened.
    public internal(set) var streamsOpened = 0

    enum CodingKeys: String, CodingKey {
        case exchanges
        case codeExchanges = "code_exchanges"
        case refreshes
        case refused
        case loginsLost = "logins_lost"
        case revocations
        case authorizeRequests = "authorize_requests"
        case apiRequests = "api_requests"
        case throttled
        case ordersAccepted = "orders_accepted"
        case ordersReplaced = "orders_replaced"
        case ordersCancelled = "orders_cancelled"
        case openStreams = "open_streams"
        case streamsOpened = "streams_opened"
    }
}
