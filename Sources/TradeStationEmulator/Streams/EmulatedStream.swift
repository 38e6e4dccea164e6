/// A stream that a client has open.
public struct EmulatedStream: Sendable, Equatable, Codable {
    /// The content of a stream.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// Quote changes.
        case quotes
        /// Bars of a bar chart.
        case bars
        /// v2 tick bars.
        case tickBars = "tick_bars"
        /// Orders of accounts.
        case orders
        /// Positions of accounts.
        case positions
    }

    /// The stream's number, starting at 1 in the order of opening.
    public let id: Int
    /// The content of the stream.
    public let kind: Kind
    /// The path of the request that opened the stream, without the query.
    public let path: String
    /// The user whose access token opened the stream.
    public let username: String
    /// The fingerprint of the access token that opened the stream.
    public let access: String

    init(_ stream: OpenStream) {
        id = stream.id
        kind = stream.plan.subject.kind
        path = stream.plan.path
        username = stream.plan.username
        access = Fingerprint.of(stream.plan.accessToken)
    }
}
