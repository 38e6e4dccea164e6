/// What a stream brings to a program.
public enum StreamEvent<Value> {
    /// One object of the stream.
    case element(Value)
    /// The snapshot that order and position streams begin with is whole; what follows is change (OpenAPI file,
    /// `StreamStatus`: `EndSnapshot`). After ``reopened(_:)`` a new snapshot comes, and this again.
    case endOfSnapshot
    /// The stream was interrupted and is open again. What happened meanwhile is not sent afterwards, there is no cursor
    /// to go on from ("HTTP Streaming"): the program compares what it holds with what it asks for or is sent anew.
    case reopened(StreamInterruption)
}

extension StreamEvent: Sendable where Value: Sendable {}
extension StreamEvent: Equatable where Value: Equatable {}

/// Why a stream had to be opened again.
public enum StreamInterruption: String, Hashable, Sendable {
    /// The server said `GoAway`: it was about to shut down (OpenAPI file; "HTTP Streaming").
    case goAway = "go_away"
    /// Nothing came for 30 s, although a heartbeat is due every five (OpenAPI file, `Heartbeat`).
    case silence
    /// The connection broke, or the server ended the stream without a word.
    case connectionLost = "connection_lost"
    /// The server said in the stream that the token is not accepted any more.
    case tokenRefused = "token_refused"
}
