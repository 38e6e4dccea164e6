import NIOCore
import NIOHTTP1

/// One browser connection to the callback: one request, one page, closed.
final class CallbackConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let desk: CallbackDesk
    private var isAnswered = false
    private var isDelivered = false
    private var isInputClosed = false

    init(desk: CallbackDesk) {
        self.desk = desk
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let request) = unwrapInboundIn(data), !isAnswered else { return }
        isAnswered = true
        let (reply, response) = desk.answer(
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
            // The page is on its way (or the browser is gone, and the answer counts all the same).
            if let response { self.desk.deliver(response) }
            self.isDelivered = true
            // Half a close lets the browser read the page to its end; the time limit does the rest.
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

    /// Whatever is not HTTP, a TLS greeting for example, ends the connection.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
