/// An error object from the server that ended a stream. Opening the stream again would not help.
///
/// The object is `{"Error","Message"}` (OpenAPI file, `StreamErrorResponse` and similar schemas). The client has to end
/// the request after it (TradeStation's documentation page "HTTP Streaming"). No field contains a token.
public struct StreamError: Error, Hashable, Sendable {
    /// TradeStation's name for the error, for example `DualLogon` or `InvalidSymbol`.
    public let error: String
    /// TradeStation's description of the error.
    public let message: String?
    /// The account, order or symbol that the error is about, if the server named it.
    public let part: APIError.Part
    /// The path of the stream, without its query.
    public let path: String

    /// Whether another session of the user replaced this stream. Opening it again would end the other session's stream.
    public var isDualLogon: Bool { error == "DualLogon" }
}

extension StreamError: CustomStringConvertible {
    /// The error in one line.
    public var description: String {
        "stream \(path): " + [error, message].compactMap { $0 }.joined(separator: ": ")
    }
}
