import NIOCore
import NIOHTTP1

/// What a responder's calls do on the connection's event loop.
extension HTTPConnectionHandler {
    func nextPart(of exchange: HTTPExchange, _ promise: HTTPExchange.BodyWaiter) {
        guard exchange === self.exchange, let context else { return promise.fail(ResponseError.clientGone) }
        guard !exchange.isBodyComplete else { return promise.succeed(nil) }
        if exchange.awaitsContinue, exchange.framing == nil, intake.isEmpty {
            exchange.awaitsContinue = false
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
        }
        exchange.bodyWaiter = promise
        exchange.waitingSince = context.eventLoop.now
        arm(context.eventLoop.now + limits.bodyTime)
        advance()
    }

    func start(_ head: HTTPResponseHead, of exchange: HTTPExchange, flushes: Bool) throws(ResponseError) {
        guard let context, exchange === self.exchange else { throw .clientGone }
        guard exchange.framing == nil, !exchange.isHandedOver else { throw .outOfOrder }
        if exchange.awaitsContinue { exchange.closes = true }
        let framing = try ResponseFraming(head, to: exchange.head, closes: &exchange.closes)
        // An interim response comes before the real one.
        if head.status.code >= 200 { exchange.framing = framing }
        context.write(wrapOutboundOut(framing.head), promise: nil)
        if flushes { context.flush() }
    }

    func write(_ part: ByteBuffer, of exchange: HTTPExchange) throws(ResponseError) {
        guard let context, exchange === self.exchange else { throw .clientGone }
        guard !exchange.isResponseEnded, let bytes = try exchange.framing?.frame(part) else { throw .outOfOrder }
        for piece in bytes { context.write(wrapOutboundOut(piece), promise: nil) }
        context.flush()
    }

    func end(_ trailers: HTTPHeaders?, of exchange: HTTPExchange) throws(ResponseError) {
        guard let context, exchange === self.exchange else { throw .clientGone }
        guard !exchange.isResponseEnded, let framing = exchange.framing else { throw .outOfOrder }
        if let bytes = try framing.end(trailers) { context.write(wrapOutboundOut(bytes), promise: nil) }
        context.flush()
        exchange.isResponseEnded = true
        if !exchange.isBodyComplete {
            exchange.waitingSince = context.eventLoop.now
            arm(context.eventLoop.now + limits.bodyTime)
        }
        advance()
    }

    /// Completes the promise once the client has taken enough of what was written.
    func waitForWritability(of exchange: HTTPExchange, _ promise: EventLoopPromise<Void>) {
        guard let context, exchange === self.exchange else { return promise.fail(ResponseError.clientGone) }
        if context.channel.isWritable { promise.succeed() } else { exchange.waitForWritability(promise) }
    }

    func responderReturned(from exchange: HTTPExchange) {
        guard exchange === self.exchange, !exchange.isResponseEnded, !exchange.isHandedOver else { return }
        phase = .closing
        context?.close(promise: nil)
    }

    func handOver(
        _ head: HTTPResponseHead,
        of exchange: HTTPExchange,
        to configure: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) throws -> EventLoopFuture<any Channel> {
        guard let context, exchange === self.exchange else { throw ResponseError.clientGone }
        // Only then has the parser stopped, so that it holds what follows.
        let isLast = exchange.head.method == .CONNECT || exchange.head.headers.contains(name: "Upgrade")
        guard exchange.framing == nil, exchange.isBodyComplete, isLast else { throw ResponseError.cannotHandOver }
        var bytes = ByteBuffer()
        try bytes.writeHead(head, fields: head.headers)
        bytes.writeStaticString("\r\n")
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        exchange.isHandedOver = true
        timer.cancel()
        let channel = context.channel
        let task = exchange.task
        channel.closeFuture.whenComplete { _ in task?.cancel() }
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        return configure(channel).flatMap { handler.value.leave(channel) }.map { channel }
    }

    /// Removes HTTP from the channel. The parser gives what it holds to the handlers that were added.
    private func leave(_ channel: any Channel) -> EventLoopFuture<Void> {
        phase = .handedOver
        let pipeline = channel.pipeline.syncOperations
        do {
            let parser = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            let removals = [
                pipeline.removeHandler(watch), pipeline.removeHandler(parser), pipeline.removeHandler(self),
            ]
            return EventLoopFuture.andAllSucceed(removals, on: channel.eventLoop).map {
                channel.pipeline.fireChannelReadComplete()
                channel.read()
            }
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
    }
}
