/// A stream that a client has open.
public struct EmulatedStream: Sendable, Equatable, Codable {
    /// What a stream carries.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// Quote changes.
        case quotes
        /// Bars of a chart.
        case bars
        /// v2 tick bars.
        case tickBars = "tick_bars"
        /// Orders of accounts.
        case orders
        /// Positions of accounts.
        case positions
    }

    /// Counts streams from 1, in the order in which they were opened.
    public let id: Int
    /// What it carries.
    public let kind: Kind
    /// The path that was asked for, without the query.
    public let path: String
    /// The user whose token was presented.
    public let username: String
    /// The access token that it was opened with, as a fingerprint.
    public let access: String

    init(_ stream: OpenStream) {
        id = stream.id
        kind = stream.plan.subject.kind
        path = stream.plan.path
        username = stream.plan.username
        access = Fingerprint.of(stream.plan.accessToken)
    }
}
