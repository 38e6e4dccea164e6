/// One HTTP request, as a value.
public struct HTTPExchangeRequest: Sendable {
    /// The method, for example `GET`.
    public var method: String
    /// The absolute URL.
    public var url: String
    /// Header fields in the order in which they are sent.
    public var headers: [(name: String, value: String)]
    /// The body; empty means none.
    public var body: [UInt8]
    /// Milliseconds for the whole reply; nil means the transport's own limit.
    public var deadlineMilliseconds: Int?

    /// A request.
    public init(
        method: String = "GET",
        url: String,
        headers: [(name: String, value: String)] = [],
        body: [UInt8] = [],
        deadlineMilliseconds: Int? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.deadlineMilliseconds = deadlineMilliseconds
    }
}

extension HTTPExchangeRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The method and nothing else: URL, headers and body can carry secrets.
    public var description: String { "HTTPExchangeRequest(\(method))" }
    /// The same as ``description``.
    public var debugDescription: String { description }
    /// Shows no children, so that `dump` finds nothing.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
