import NIOCore
import NIOHTTP1

/// Fails a connection whose server answers with a status below 100.
///
/// The HTTP parser accepts such a status. The HTTP client takes the response for an interim one (1xx) and waits for
/// another head. If the response ends instead, the client ends the process.
final class ResponseGuard: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias InboundOut = HTTPClientResponsePart

    /// The status is below 100, which HTTP does not allow (RFC 9110 section 15).
    struct InvalidStatus: Error {}

    private var hasFailed = false

    /// Adds a guard to a connection of the HTTP client, between the parser and the client.
    ///
    /// Must be called on the connection's event loop.
    static func install(on channel: any Channel) -> EventLoopFuture<Void> {
        // A connection that has closed already has no parser, and delivers nothing.
        let pipeline = channel.pipeline.syncOperations
        if let parser = try? pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self) {
            try? pipeline.addHandler(ResponseGuard(), position: .after(parser))
        }
        return channel.eventLoop.makeSucceededVoidFuture()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasFailed else { return }
        if case .head(let head) = unwrapInboundIn(data), head.status.code < 100 {
            hasFailed = true
            context.fireErrorCaught(InvalidStatus())
            context.close(promise: nil)
            return
        }
        context.fireChannelRead(data)
    }
}
