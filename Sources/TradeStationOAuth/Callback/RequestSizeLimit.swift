import NIOCore

/// Closes a connection that sends more bytes than a request to the callback can have.
final class RequestSizeLimit: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private var room: Int

    init(bytes: Int) {
        room = bytes
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        room -= unwrapInboundIn(data).readableBytes
        guard room >= 0 else { return context.close(promise: nil) }
        context.fireChannelRead(data)
    }
}
