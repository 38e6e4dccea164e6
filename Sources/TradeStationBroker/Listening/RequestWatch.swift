import NIOCore

/// Stands before the parser and notices the first bytes of a request whose head is not complete yet.
final class RequestWatch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private var hasBytes = false
    /// Since when a head is incomplete.
    private(set) var partialHeadSince: NIODeadline?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        hasBytes = true
        context.fireChannelRead(data)
    }

    /// The parser has read a part of a request.
    func notePart() {
        hasBytes = false
        partialHeadSince = nil
    }

    /// Returns true when it is first seen that the last bytes are those of an incomplete head.
    func startPartialHead(at loop: any EventLoop) -> Bool {
        guard hasBytes, partialHeadSince == nil else { return false }
        partialHeadSince = loop.now
        return true
    }
}
