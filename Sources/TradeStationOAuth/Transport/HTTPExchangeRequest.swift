/// An HTTP request.
package struct HTTPExchangeRequest: Sendable {
    /// The method, for example `GET`.
    package var method: String
    /// The absolute URL.
    package var url: String
    /// The header fields, in the order in which they are sent.
    package var headers: [(name: String, value: String)]
    /// The body; an empty one is not sent.
    package var body: [UInt8]
    /// The limit for the whole reply, in milliseconds; nil means the transport's limit.
    package var deadlineMilliseconds: Int?
    /// The limit for looking up the name of the server, in milliseconds; nil means the transport's limit.
    package var lookUpMilliseconds: Int?

    /// Creates a request.
    package init(
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
    /// The method only: URL, headers and body can contain secrets.
    package var description: String { "HTTPExchangeRequest(\(method))" }
    /// The same as ``description``.
    package var debugDescription: String { description }
    /// A mirror without children, so that `dump` shows no secrets.
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
