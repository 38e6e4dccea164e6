import NIOCore
import NIOHTTP1

/// A browser connection to the callback. It answers one request with one page and then closes.
final class CallbackConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let handler: CallbackHandler
    private var isAnswered = false
    private var isDelivered = false
    private var isInputClosed = false

    init(handler: CallbackHandler) {
        self.handler = handler
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let request) = unwrapInboundIn(data), !isAnswered else { return }
        isAnswered = true
        let (reply, response) = handler.answer(
            method: request.method.rawValue,
            target: request.uri,
            hosts: request.headers["Host"]
        )
        let head = HTTPResponseHead(
            version: .http1_1,
            status: HTTPResponseStatus(statusCode: reply.status),
            headers: HTTPHeaders(reply.headers)
        )
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if request.method != .HEAD {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: reply.page.html)))), promise: nil)
        }
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).assumeIsolated().whenComplete { _ in
            // The response counts even if the browser disconnected and never received the page.
            if let response { self.handler.deliver(response) }
            self.isDelivered = true
            // Closing only the output lets the browser read the whole page; the time limit closes the rest.
            channel.close(mode: self.isInputClosed ? .all : .output, promise: nil)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            isInputClosed = true
            if !isAnswered || isDelivered { context.close(promise: nil) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Closes the connection when it receives something other than HTTP, for example a TLS handshake.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
