/// One HTTP reply, as a value.
public struct HTTPExchangeResponse: Sendable {
    /// The status code.
    public var status: Int
    /// Header fields in the order in which they came.
    public var headers: [(name: String, value: String)]
    /// The body as it came, not decompressed.
    public var body: [UInt8]

    /// A reply.
    public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first value of a header field, whatever the case of its name.
    public func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }
}

extension HTTPExchangeResponse: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The status and nothing else: headers and body can carry secrets.
    public var description: String { "HTTPExchangeResponse(\(status))" }
    /// The same as ``description``.
    public var debugDescription: String { description }
    /// Shows no children, so that `dump` finds nothing.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
