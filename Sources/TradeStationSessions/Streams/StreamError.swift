/// The server ended a stream with an error object, and opening it again would not help, or would be a fight.
///
/// `{"Error","Message"}` in the stream (OpenAPI file, `StreamErrorResponse` and the like; "HTTP Streaming": after one
/// the client ends the request). No field ever holds a token.
public struct StreamError: Error, Hashable, Sendable {
    /// TradeStation's word for it, for example `DualLogon` or `InvalidSymbol`.
    public let error: String
    /// The same for people.
    public let message: String?
    /// The account, order or symbol that it is about, where it says so.
    public let part: APIError.Part
    /// The path without its query.
    public let path: String

    /// Whether another session of the user took the stream's place. Opened again, it would push that one out in turn.
    public var isDualLogon: Bool { error == "DualLogon" }
}

extension StreamError: CustomStringConvertible {
    /// One line.
    public var description: String {
        "stream \(path): " + [error, message].compactMap { $0 }.joined(separator: ": ")
    }
}
