/// One event of a ``SessionStream``.
public enum StreamEvent<Value> {
    /// One object of the stream.
    case element(Value)
    /// The snapshot at the start of an order or position stream is complete.
    ///
    /// The objects after it are changes (OpenAPI file, `StreamStatus`: `EndSnapshot`). After ``reopened(_:)``, the
    /// server sends a new snapshot, and this event occurs again.
    case endOfSnapshot
    /// The stream was interrupted and is open again.
    ///
    /// The server does not send what happened meanwhile, and a stream cannot be resumed from a position (TradeStation's
    /// documentation page "HTTP Streaming"). Compare your data with a new request or with the objects that follow.
    case reopened(StreamInterruption)
}

extension StreamEvent: Sendable where Value: Sendable {}
extension StreamEvent: Equatable where Value: Equatable {}

/// Why a stream was opened again.
public enum StreamInterruption: String, Hashable, Sendable {
    /// The server sent `GoAway`: it was about to shut down (OpenAPI file; page "HTTP Streaming").
    case goAway = "go_away"
    /// Nothing arrived for 30 s, although the server sends a heartbeat every five (OpenAPI file, `Heartbeat`).
    case silence
    /// The connection broke, or the server ended the stream without a reason.
    case connectionLost = "connection_lost"
    /// The server reported in the stream that it no longer accepts the token.
    case tokenRefused = "token_refused"
}
