import TradeStationModel

/// An HTTP response.
package struct HTTPExchangeResponse: Sendable {
    /// The status code.
    package var status: Int
    /// The header fields, in the order in which they were received. If the body was decompressed, the fields that
    /// describe its compressed form are left out.
    package var headers: [(name: String, value: String)] = []
    /// The body, decompressed; the pieces of a stream are not decompressed.
    package var body: [UInt8] = []

    /// Creates a response.
    package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The value of the first header field with a name; case is ignored.
    package func header(_ name: String) -> String? {
        headers.firstValue(named: name)
    }
}

extension HTTPExchangeResponse: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The status only: headers and body can contain secrets.
    package var description: String { "HTTPExchangeResponse(\(status))" }
    /// The same as ``description``.
    package var debugDescription: String { description }
    /// A mirror without children, so that `dump` shows no secrets.
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
