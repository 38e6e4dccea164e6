import NIOCore
import NIOHTTP1

/// One HTTP/1 connection: hands requests to the responder one after the other and writes its responses.
final class HTTPConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        case open
        /// The last response is written or being written; whatever else arrives is dropped.
        case closing
        /// The channel belongs to another protocol.
        case handedOver
    }

    let connection: ClientConnection
    let limits: HTTPLimits
    let watch: RequestWatch
    private let responder: any HTTPResponder
    private(set) var context: ChannelHandlerContext?
    private(set) var exchange: HTTPExchange?
    private var phase = Phase.open
    private var intake = RequestIntake()
    private var isAdvancing = false
    private var isReadHeld = false
    private var needsFlush = false
    /// Whether the listener is being closed.
    private var isQuiescing = false
    private var timer = ConnectionTimer()
    private var idleSince = NIODeadline.distantPast

    init(connection: ClientConnection, responder: any HTTPResponder, limits: HTTPLimits, watch: RequestWatch) {
        self.connection = connection
        self.responder = responder
        self.limits = limits
        self.watch = watch
    }

    // MARK: Life

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        idleSince = context.eventLoop.now
        arm(context.eventLoop.now + limits.idleTime)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer.cancel()
        self.context = nil
        if phase != .handedOver { exchange?.fail(ResponseError.clientGone) }
        exchange = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer.cancel()
        intake.removeAll()
        exchange?.fail(ResponseError.clientGone)
        exchange = nil
        phase = .closing
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            isQuiescing = true
            exchange?.closes = true
            if phase == .open, exchange == nil, intake.isEmpty { closeAfterFlush() }
        }
        context.fireUserInboundEventTriggered(event)
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch phase {
        case .closing: return
        case .handedOver: return context.fireChannelRead(data)
        case .open: break
        }
        watch.notePart()
        intake.append(unwrapInboundIn(data))
        advance(isBurstOver: false)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if phase == .open {
            advance(isBurstOver: true)
            if exchange == nil, watch.startPartialHead(at: context.eventLoop) {
                arm(context.eventLoop.now + limits.headTime)
            }
        }
        if needsFlush {
            needsFlush = false
            context.flush()
        }
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        if phase == .open, intake.isFull(limit: limits.heldBytes) { isReadHeld = true } else { context.read() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard phase == .open else { return }
        guard let error = error as? HTTPParserError else {
            phase = .closing
            return context.close(promise: nil)
        }
        // The parser has stopped. A response under way is completed; the connection cannot be used further.
        if let exchange, exchange.isBodyComplete || exchange.framing != nil {
            exchange.closes = true
            exchange.failBody(ResponseError.malformedBody)
        } else {
            refuse(error == .headerOverflow ? .requestHeaderFieldsTooLarge : .badRequest)
        }
    }

    // MARK: Requests

    /// Takes from what has arrived as much as can be used now.
    ///
    /// - Parameter isBurstOver: Whether everything that was readable has been read, so that a request whose end has not
    ///   arrived is one with a body.
    private func advance(isBurstOver: Bool) {
        // A write below may change the channel and so call this function again.
        guard !isAdvancing else { return }
        isAdvancing = true
        defer {
            isAdvancing = false
            resumeReading()
        }
        while phase == .open {
            if let exchange {
                guard !exchange.isHandedOver else { return }
                if exchange.isResponseEnded, exchange.isBodyComplete || exchange.closes {
                    finish(exchange)
                } else if !takeBodyPart(of: exchange) {
                    return
                }
            } else {
                guard case .head(let head)? = intake.first else { return }
                if case .end? = intake.second {
                    intake.removeFirst()
                    intake.removeFirst()
                    begin(head, isBodyComplete: true)
                } else if isBurstOver || intake.second != nil {
                    intake.removeFirst()
                    begin(head, isBodyComplete: false)
                } else {
                    return
                }
            }
        }
    }

    private func begin(_ head: HTTPRequestHead, isBodyComplete: Bool) {
        guard let context else { return }
        if let refusal = RequestRules.refusal(of: head) { return refuse(refusal) }
        // The parser stops after a request that asks for another protocol.
        let closes = isQuiescing || !head.isKeepAlive || head.headers.contains(name: "Upgrade")
        if isBodyComplete, let response = responder.immediateResponse(to: head, on: connection) {
            let bytes = response.bytes(isHead: head.method == .HEAD, closes: closes)
            idleSince = context.eventLoop.now
            if closes {
                context.write(wrapOutboundOut(bytes), promise: nil)
                return closeAfterFlush()
            }
            needsFlush = true
            return context.write(wrapOutboundOut(bytes), promise: nil)
        }
        let exchange = HTTPExchange(head, closes: closes, isBodyComplete: isBodyComplete)
        self.exchange = exchange
        let channel = ExchangeChannel(self, exchange, on: context.eventLoop)
        let request = IncomingRequest(head: head, body: channel, connection: connection)
        exchange.task = Task { [responder] in
            await responder.respond(to: request, with: channel)
            channel.responderReturned()
        }
    }

    /// Gives the next part of the body to the responder that waits for it. Returns false if there is nothing to do.
    private func takeBodyPart(of exchange: HTTPExchange) -> Bool {
        guard !exchange.isBodyComplete, exchange.bodyWaiter != nil || exchange.isResponseEnded,
            let part = intake.first
        else { return false }
        if case .head = part { return false }
        intake.removeFirst()
        exchange.awaitsContinue = false
        let waiter = exchange.bodyWaiter
        exchange.bodyWaiter = nil
        exchange.waitingSince = exchange.isResponseEnded ? context?.eventLoop.now : nil
        switch part {
        case .head: break
        case .body(let bytes):
            waiter?.succeed(bytes)
            if exchange.isResponseEnded {
                exchange.discarded += bytes.readableBytes
                if exchange.discarded > limits.discardedBytes { closeAfterFlush() }
            }
        case .end(let trailers):
            exchange.isBodyComplete = true
            exchange.trailers = trailers
            waiter?.succeed(nil)
        }
        return true
    }

    private func finish(_ exchange: HTTPExchange) {
        guard let context else { return }
        self.exchange = nil
        idleSince = context.eventLoop.now
        if exchange.closes { closeAfterFlush(lingers: !exchange.isBodyComplete) }
    }

    private func resumeReading() {
        guard isReadHeld, !intake.isFull(limit: limits.heldBytes) || phase != .open else { return }
        isReadHeld = false
        context?.read()
    }

    // MARK: For the responder

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
        advance(isBurstOver: false)
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
        advance(isBurstOver: false)
    }

    /// Completes the promise once the client has taken enough of what was written.
    func waitForWritability(of exchange: HTTPExchange, _ promise: EventLoopPromise<Void>) {
        guard let context, exchange === self.exchange else { return promise.fail(ResponseError.clientGone) }
        if context.channel.isWritable { promise.succeed() } else { exchange.waitForWritability(promise) }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { exchange?.becameWritable() }
        context.fireChannelWritabilityChanged()
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

    // MARK: Closing

    /// Answers what cannot be a request, and closes.
    private func refuse(_ status: HTTPResponseStatus) {
        guard let context else { return }
        exchange?.fail(ResponseError.malformedBody)
        exchange = nil
        let fields: HTTPHeaders = ["Content-Length": "0", "Connection": "close"]
        var bytes = ByteBuffer()
        try? bytes.writeHead(HTTPResponseHead(version: .http1_1, status: status), fields: fields)
        bytes.writeStaticString("\r\n")
        context.write(wrapOutboundOut(bytes), promise: nil)
        closeAfterFlush(lingers: true)
    }

    /// Closes when the client has received everything.
    ///
    /// - Parameter lingers: Whether the client may still be sending. Closing a socket that has unread bytes would destroy
    ///   the response before the client has read it.
    private func closeAfterFlush(lingers: Bool = false) {
        guard let context, phase == .open else { return }
        let lingers = lingers || !intake.isEmpty || exchange.map { !$0.isBodyComplete } ?? false
        phase = .closing
        intake.removeAll()
        needsFlush = false
        timer.arm(context.eventLoop.now + limits.lingerTime, on: context.eventLoop) { [channel = context.channel] in
            channel.close(promise: nil)
        }
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { _ in
            channel.close(mode: lingers ? .output : .all, promise: nil)
        }
        resumeReading()
    }

    // MARK: Time

    private func arm(_ deadline: NIODeadline) {
        guard phase == .open, let loop = context?.eventLoop, timer.deadline.map({ deadline < $0 }) ?? true else {
            return
        }
        let handler = NIOLoopBound(self, eventLoop: loop)
        timer.arm(deadline, on: loop) { handler.value.timePassed() }
    }

    private func timePassed() {
        guard phase == .open, let context else { return }
        timer.cancel()
        let now = context.eventLoop.now
        var next = now + limits.idleTime
        if let exchange {
            if let since = exchange.waitingSince {
                guard since + limits.bodyTime > now else { return stopWaiting(for: exchange) }
                next = since + limits.bodyTime
            }
        } else if let since = watch.partialHeadSince {
            guard since + limits.headTime > now else { return refuse(.requestTimeout) }
            next = since + limits.headTime
        } else {
            guard idleSince + limits.idleTime > now else { return closeAfterFlush() }
            next = idleSince + limits.idleTime
        }
        arm(next)
    }

    private func stopWaiting(for exchange: HTTPExchange) {
        guard exchange.framing == nil else {
            exchange.closes = true
            exchange.failBody(ResponseError.bodyTooSlow)
            return advance(isBurstOver: false)
        }
        exchange.failBody(ResponseError.bodyTooSlow)
        refuse(.requestTimeout)
    }
}
