import NIOCore
import NIOHTTP1

/// One HTTP/1 connection: hands requests to the responder one after the other and writes its responses.
final class HTTPConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    enum Phase {
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
    var exchange: HTTPExchange?
    var phase = Phase.open
    var intake = RequestIntake()
    private var isAdvancing = false
    private var isReadHeld = false
    /// Whether more may be read at once: `channelReadComplete` follows.
    private var isReading = false
    var needsFlush = false
    /// Whether the listener is being closed.
    private var isQuiescing = false
    var timer = ConnectionTimer()
    var idleSince = NIODeadline.distantPast

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
        isReading = true
        watch.notePart()
        intake.append(unwrapInboundIn(data))
        advance()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        if phase == .open {
            advance()
            if exchange == nil, watch.startPartialHead(at: context.eventLoop) {
                arm(context.eventLoop.now + limits.headTime)
            }
        }
        flushIfNeeded()
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

    // MARK: Writing

    private func flushIfNeeded() {
        guard needsFlush else { return }
        needsFlush = false
        context?.flush()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { exchange?.becameWritable() }
        context.fireChannelWritabilityChanged()
    }

    // MARK: Requests

    /// Takes from what has arrived as much as can be used now.
    func advance() {
        // A write below may change the channel and so call this function again.
        guard !isAdvancing else { return }
        isAdvancing = true
        defer {
            isAdvancing = false
            if !isReading { flushIfNeeded() }
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
                } else if !isReading || intake.second != nil {
                    // Everything that was readable has been read: the request has a body.
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
            // A client of HTTP 1.0 keeps a connection only if the response says so, and this one does not.
            let closes = closes || head.version.minor == 0
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

    func resumeReading() {
        guard isReadHeld, !intake.isFull(limit: limits.heldBytes) || phase != .open else { return }
        isReadHeld = false
        context?.read()
    }
}
