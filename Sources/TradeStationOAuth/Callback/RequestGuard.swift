import NIOCore

/// Looks at the bytes of a connection before they are read as HTTP: recognizes TLS, limits the size, and notices a
/// connection that ends early. It reports each as a ``CallbackRefusal`` event.
final class RequestGuard: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// The first byte of a TLS record with a handshake message (RFC 8446 section 5.1). No HTTP request begins with it.
    private static let handshake: UInt8 = 22

    private let limit: Int
    private var received = 0
    private var isTurnedAway = false

    init(bytes: Int) {
        limit = bytes
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // The rest of the request is read and dropped: if bytes are left unread, closing can discard the page.
        guard !isTurnedAway else { return }
        let bytes = unwrapInboundIn(data)
        if received == 0, bytes.readableBytesView.first == Self.handshake { return turnAway(.encrypted, context) }
        received += bytes.readableBytes
        guard received <= limit else { return turnAway(.tooLarge, context) }
        context.fireChannelRead(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if received > 0 { context.fireUserInboundEventTriggered(CallbackRefusal.incomplete) }
        context.fireChannelInactive()
    }

    private func turnAway(_ refusal: CallbackRefusal, _ context: ChannelHandlerContext) {
        isTurnedAway = true
        context.fireUserInboundEventTriggered(refusal)
    }
}
