import NIOCore
import NIOHTTP1

/// A browser connection to the callback. It answers one request with one page and then closes.
final class CallbackConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let handler: CallbackHandler
    private var posted: (head: HTTPRequestHead, body: ByteBuffer)?
    private var isAnswered = false
    private var isDelivered = false
    private var isInputClosed = false

    init(handler: CallbackHandler) {
        self.handler = handler
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isAnswered else { return }
        switch unwrapInboundIn(data) {
        case .head(let head) where head.isForm: posted = (head, ByteBuffer())
        case .head(let head): answer(head, form: nil, context)
        case .body(var part): posted?.body.writeBuffer(&part)
        case .end:
            guard let (head, body) = posted else { return }
            answer(head, form: String(buffer: body), context)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let refusal = event as? CallbackRefusal, !isAnswered {
            let reply = handler.turnAway(refusal)
            isAnswered = true
            if context.channel.isActive { write(reply, deliver: nil, isHead: false, context) }
        }
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            isInputClosed = true
            if !isAnswered || isDelivered { context.close(promise: nil) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Turns away a request that the HTTP decoder cannot read.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isAnswered, let error = error as? HTTPParserError else { return context.close(promise: nil) }
        let refusal: CallbackRefusal =
            switch error {
            case .invalidEOFState: .incomplete
            case .headerOverflow: .tooLarge
            default: .notHTTP
            }
        write(handler.turnAway(refusal), deliver: nil, isHead: false, context)
    }

    private func answer(_ head: HTTPRequestHead, form: String?, _ context: ChannelHandlerContext) {
        let request = CallbackRequest(
            method: head.method.rawValue,
            target: head.uri,
            hosts: head.headers["Host"],
            form: form
        )
        let (reply, response) = handler.answer(request)
        write(reply, deliver: response, isHead: head.method == .HEAD, context)
    }

    private func write(
        _ reply: CallbackReply,
        deliver response: AuthorizationResponse?,
        isHead: Bool,
        _ context: ChannelHandlerContext
    ) {
        isAnswered = true
        let head = HTTPResponseHead(
            version: .http1_1,
            status: HTTPResponseStatus(statusCode: reply.status),
            headers: HTTPHeaders(reply.headers)
        )
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if !isHead {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: reply.page.html)))), promise: nil)
        }
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).assumeIsolated().whenComplete { _ in
            // The authorization response counts even if the browser disconnected before it received the page.
            if let response { self.handler.deliver(response) }
            self.isDelivered = true
            // Closing only the output lets the browser read the whole page; the time limit closes the input.
            channel.close(mode: self.isInputClosed ? .all : .output, promise: nil)
        }
    }
}

extension HTTPRequestHead {
    /// Whether the request posts the fields of a form.
    fileprivate var isForm: Bool {
        let type = headers.first(name: "Content-Type")?.prefix { $0 != ";" }.lowercased()
        return method == .POST && type == "application/x-www-form-urlencoded"
    }
}
