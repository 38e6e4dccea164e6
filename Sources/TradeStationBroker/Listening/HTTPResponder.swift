package import NIOCore
package import NIOHTTP1

/// Answers the requests of one listener.
package protocol HTTPResponder: Sendable {
    /// Answers a request. Runs in a task that is cancelled when the client closes its connection.
    ///
    /// If it returns without a complete response, the connection is closed.
    func respond(to request: IncomingRequest, with response: any ResponseWriter) async

    /// A response that needs no waiting, for requests without a body. If it is nil, ``respond(to:with:)`` is called.
    ///
    /// Runs on the connection's event loop, so it must not block.
    func immediateResponse(to head: HTTPRequestHead, on connection: ClientConnection) -> PreparedResponse?
}

extension HTTPResponder {
    package func immediateResponse(to head: HTTPRequestHead, on connection: ClientConnection) -> PreparedResponse? {
        nil
    }
}

/// A request as it arrives at a listener.
package struct IncomingRequest: Sendable {
    /// The request line and the header fields.
    package let head: HTTPRequestHead
    /// The body, which is read from the connection only as fast as the responder asks for it.
    package let body: any RequestBody
    /// The connection on which the request arrived.
    package let connection: ClientConnection
    /// The process at the other end.
    package var client: ConnectedClient { connection.client }

    package init(head: HTTPRequestHead, body: any RequestBody, connection: ClientConnection) {
        self.head = head
        self.body = body
        self.connection = connection
    }

    /// A request on a connection of its own.
    package init(head: HTTPRequestHead, body: any RequestBody, client: ConnectedClient) {
        self.init(head: head, body: body, connection: ClientConnection(client: client))
    }
}

/// The body of a request.
package protocol RequestBody: Sendable {
    /// The next part of the body; nil at its end.
    ///
    /// - Throws: When the connection breaks before the end, and `CancellationError`.
    func next() async throws -> ByteBuffer?

    /// The trailer fields; nil before the end of the body, and if there are none.
    func trailers() async throws -> HTTPHeaders?
}

extension RequestBody {
    package func trailers() async throws -> HTTPHeaders? { nil }

    /// The whole body; nil if it is longer than `limit` bytes.
    package func collect(limit: Int) async throws -> ByteBuffer? {
        var whole = ByteBuffer()
        while var part = try await next() {
            guard whole.readableBytes + part.readableBytes <= limit else { return nil }
            whole.writeBuffer(&part)
        }
        return whole
    }
}

/// Writes the response to one request. Each write waits until the client has taken what was written before.
package protocol ResponseWriter: Sendable {
    /// Writes the status line and the header fields. The writer itself sets the framing fields (`Content-Length`,
    /// `Transfer-Encoding`, `Connection`), but keeps a `Content-Length` that `head` already contains.
    ///
    /// - Throws: When the client is gone; ``ResponseError`` for a field that cannot be sent.
    func start(_ head: HTTPResponseHead) async throws
    /// Writes a part of the body and sends it at once.
    ///
    /// - Throws: When the client is gone.
    func write(_ part: ByteBuffer) async throws
    /// Ends the response.
    ///
    /// - Throws: When the client is gone.
    func end(_ trailers: HTTPHeaders?) async throws
    /// Writes a whole response at once. `Content-Length` is set.
    ///
    /// - Throws: When the client is gone.
    func send(_ head: HTTPResponseHead, body: ByteBuffer) async throws
    /// Writes a prepared response.
    ///
    /// - Throws: When the client is gone.
    func send(_ prepared: PreparedResponse) async throws
    /// Ends HTTP on this connection: writes a head exactly as it is given, and leaves the channel to `configure`, which
    /// adds the handlers of what follows. They also receive the bytes that the client has sent already.
    ///
    /// - Parameter configure: Runs on the channel's event loop.
    /// - Returns: The channel. The responder's task is cancelled when it closes.
    /// - Throws: When the client is gone; ``ResponseError`` if the writer cannot do it.
    func handOver(
        _ head: HTTPResponseHead,
        to configure: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) async throws -> any Channel
}

extension ResponseWriter {
    package func send(_ head: HTTPResponseHead, body: ByteBuffer) async throws {
        var head = head
        head.headers.replaceOrAdd(name: "Content-Length", value: "\(body.readableBytes)")
        try await start(head)
        if body.readableBytes > 0 { try await write(body) }
        try await end(nil)
    }

    package func send(_ prepared: PreparedResponse) async throws { try await send(prepared.head, body: prepared.body) }

    package func handOver(
        _ head: HTTPResponseHead,
        to configure: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) async throws -> any Channel {
        throw ResponseError.cannotHandOver
    }
}
