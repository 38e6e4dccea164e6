package import NIOCore

/// The limits of an HTTP connection. Times run by the clock of the connection's event loop.
package struct HTTPLimits: Sendable {
    /// The maximum size of the request line and the header fields, in bytes.
    package var headBytes = 64 << 10
    /// How long the head of a request may take from its first byte.
    package var headTime = TimeAmount.seconds(10)
    /// How long a connection may wait for a request.
    package var idleTime = TimeAmount.seconds(75)
    /// How long a responder waits for the next part of a body.
    package var bodyTime = TimeAmount.seconds(30)
    /// How much of a body is held in memory before the connection is read no further, in bytes.
    package var heldBytes = 64 << 10
    /// How much of a body that no responder wants is read before the connection is closed, in bytes.
    package var discardedBytes = 256 << 10
    /// How long a client may take to receive the end of a response on a connection that is being closed.
    package var lingerTime = TimeAmount.seconds(10)
    /// How long responses may still take when the listener is closed.
    package var closeTime = TimeAmount.seconds(3)

    package init() {}
}
