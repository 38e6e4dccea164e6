package import NIOCore
package import NIOHTTP1

/// Answers the requests of one listener.
package protocol HTTPResponder: Sendable {
    /// Answers a request. Runs in a task that is cancelled when the client closes its connection.
    ///
    /// If it returns without a complete response, the connection is closed.
    func respond(to request: IncomingRequest, with response: any ResponseWriter) async
}

/// A request as it arrives at a listener.
package struct IncomingRequest: Sendable {
    /// The request line and the header fields.
    package let head: HTTPRequestHead
    /// The body, which is read from the connection only as fast as the responder asks for it.
    package let body: any RequestBody
    /// The process at the other end.
    package let client: ConnectedClient

    package init(head: HTTPRequestHead, body: any RequestBody, client: ConnectedClient) {
        self.head = head
        self.body = body
        self.client = client
    }
}

/// The body of a request.
package protocol RequestBody: Sendable {
    /// The next part of the body; nil at its end.
    ///
    /// - Throws: When the connection breaks before the end, and `CancellationError`.
    func next() async throws -> ByteBuffer?
}

/// Writes the response to one request. Each write waits until the client has taken what was written before.
package protocol ResponseWriter: Sendable {
    /// Writes the status line and the header fields. The writer itself sets the framing fields (`Content-Length`,
    /// `Transfer-Encoding`, `Connection`), but keeps a `Content-Length` that `head` already contains.
    ///
    /// - Throws: When the client is gone.
    func start(_ head: HTTPResponseHead) async throws
    /// Writes a part of the body and sends it at once.
    ///
    /// - Throws: When the client is gone.
    func write(_ part: ByteBuffer) async throws
    /// Ends the response.
    ///
    /// - Throws: When the client is gone.
    func end(_ trailers: HTTPHeaders?) async throws
}
