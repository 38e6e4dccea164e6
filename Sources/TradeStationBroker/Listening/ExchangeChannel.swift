import NIOCore
import NIOHTTP1

/// What a responder has of an exchange: the body and the response. Its calls run on the connection's event loop.
struct ExchangeChannel: RequestBody, ResponseWriter {
    private let loop: any EventLoop
    private let bound: NIOLoopBound<(handler: HTTPConnectionHandler, exchange: HTTPExchange)>

    init(_ handler: HTTPConnectionHandler, _ exchange: HTTPExchange, on loop: any EventLoop) {
        self.loop = loop
        bound = NIOLoopBound((handler, exchange), eventLoop: loop)
    }

    // MARK: Body

    func next() async throws -> ByteBuffer? {
        try await wait { handler, exchange, promise in handler.nextPart(of: exchange, promise) }
    }

    func trailers() async throws -> HTTPHeaders? {
        try await wait { _, exchange, promise in promise.succeed(exchange.trailers) }
    }

    // MARK: Response

    func start(_ head: HTTPResponseHead) async throws {
        try await write { handler, exchange in try handler.start(head, of: exchange, flushes: true) }
    }

    func write(_ part: ByteBuffer) async throws {
        try await write { handler, exchange in try handler.write(part, of: exchange) }
    }

    func end(_ trailers: HTTPHeaders?) async throws {
        try await wait { handler, exchange, promise in
            promise.completeWith(Result { try handler.end(trailers, of: exchange) })
        }
    }

    func send(_ head: HTTPResponseHead, body: ByteBuffer) async throws {
        var head = head
        head.headers.replaceOrAdd(name: "Content-Length", value: "\(body.readableBytes)")
        let whole = head
        try await wait { handler, exchange, promise in
            promise.completeWith(
                Result {
                    try handler.start(whole, of: exchange, flushes: false)
                    try handler.write(body, of: exchange)
                    try handler.end(nil, of: exchange)
                }
            )
        }
    }

    func handOver(
        _ head: HTTPResponseHead,
        to configure: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) async throws -> any Channel {
        try await loop.flatSubmit { [bound, loop] in
            do {
                return try bound.value.handler.handOver(head, of: bound.value.exchange, to: configure)
            } catch {
                return loop.makeFailedFuture(error)
            }
        }.get()
    }

    // MARK: Waiting

    /// The responder has returned, with or without a response.
    func responderReturned() {
        loop.execute { [bound] in bound.value.handler.responderReturned(from: bound.value.exchange) }
    }

    private func write(
        _ body: @escaping @Sendable (HTTPConnectionHandler, HTTPExchange) throws -> Void
    ) async throws {
        try await wait { handler, exchange, promise in
            do {
                try body(handler, exchange)
                handler.waitForWritability(of: exchange, promise)
            } catch {
                promise.fail(error)
            }
        }
    }

    /// Runs `body` on the event loop and waits for its promise, which fails if the task is cancelled.
    private func wait<Value: Sendable>(
        _ body: @escaping @Sendable (HTTPConnectionHandler, HTTPExchange, EventLoopPromise<Value>) -> Void
    ) async throws -> Value {
        try Task.checkCancellation()
        let promise = loop.makePromise(of: Value.self)
        loop.execute { [bound] in body(bound.value.handler, bound.value.exchange, promise) }
        return try await withTaskCancellationHandler {
            try await promise.futureResult.get()
        } onCancel: {
            promise.fail(CancellationError())
        }
    }
}
