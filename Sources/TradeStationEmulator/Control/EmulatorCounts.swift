/// The numbers of requests and their effects so far, for assertions such as "exactly one exchange".
public struct EmulatorCounts: Sendable, Equatable, Codable {
    /// POST requests to the token endpoint that contain a `grant_type`, including those that a fault left unanswered.
    public internal(set) var exchanges = 0
    /// The exchanges with the grant type `authorization_code`.
    public internal(set) var codeExchanges = 0
    /// The exchanges with the grant type `refresh_token`.
    public internal(set) var refreshes = 0
    /// Exchanges that were answered with an OAuth error, including scripted ones.
    public internal(set) var refused = 0
    /// Families of refresh tokens that ended because a token was reused or had expired. A family contains all refresh
    /// tokens of one sign-in. Revocations do not count. An expiry counts when a client presents the expired token.
    public internal(set) var loginsLost = 0
    /// POST requests to the revocation endpoint.
    public internal(set) var revocations = 0
    /// GET requests to the authorization endpoint.
    public internal(set) var authorizeRequests = 0
    /// Requests to the API, on either base URL.
    public internal(set) var apiRequests = 0
    /// API requests that were answered with 429 because a quota was exhausted; scripted answers do not count.
    public internal(set) var throttled = 0
    /// Orders that were accepted, including those whose answer a fault suppressed.
    public internal(set) var ordersAccepted = 0
    /// Orders that were replaced.
    public internal(set) var ordersReplaced = 0
    /// Orders that were cancelled.
    public internal(set) var ordersCancelled = 0
    /// Streams that are open now.
    public internal(set) var openStreams = 0
    /// Streams that have been opened so far.
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
