import NIOCore

/// One end of a tunnel: passes the bytes of its channel to the other end.
///
/// It reads only as fast as the other end can send. When one side has sent everything, only that direction is closed. Both
/// ends must be on the same event loop.
final class TunnelEnd: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var other: TunnelEnd?
    private var context: ChannelHandlerContext?
    private var owesRead = false

    /// Two ends that pass their bytes to each other.
    static func pair() -> (TunnelEnd, TunnelEnd) {
        let (left, right) = (TunnelEnd(), TunnelEnd())
        left.other = right
        right.other = left
        return (left, right)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        other = nil
    }

    // MARK: What arrives

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        other?.context?.write(data, promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        other?.context?.flush()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { other?.finish(.output) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        other?.finish(.all)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// Closes the channel, or its sending direction, after everything that was written has been sent.
    private func finish(_ mode: CloseMode) {
        guard let context else { return }
        let channel = context.channel
        // An empty write succeeds after all writes before it.
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { _ in
            channel.close(mode: mode, promise: nil)
        }
    }

    // MARK: Back-pressure

    func read(context: ChannelHandlerContext) {
        if other?.context?.channel.isWritable == true {
            context.read()
        } else {
            owesRead = true
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { other?.readIfOwed() }
    }

    private func readIfOwed() {
        guard owesRead else { return }
        owesRead = false
        context?.read()
    }
}
