/// How an answer is sent and what happens to the connection.
enum Delivery: Sendable, Equatable {
    /// Sends the answer and keeps the connection open.
    case send(Answer)
    /// Sends the answer and closes the connection, because the rest of the request was not read.
    case sendAndClose(Answer)
    /// Announces the length of the whole body, sends half of it and closes the connection.
    case sendHalf(Answer)
    /// Closes the connection without sending anything.
    case close
}
