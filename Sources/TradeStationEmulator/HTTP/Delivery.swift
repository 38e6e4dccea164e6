/// How a connection is treated once it is clear what becomes of a request.
enum Delivery: Sendable, Equatable {
    /// The answer is sent and the connection stays open.
    case send(Answer)
    /// The answer is sent and the connection closed, because the rest of the request was not read.
    case sendAndClose(Answer)
    /// Half of the body is sent under the whole length, then the connection is closed.
    case sendHalf(Answer)
    /// The connection is closed without a byte.
    case close
}
