import NIOCore

/// Asks a proxy for a connection to a server, and waits for its answer.
final class UpstreamHandshake: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let request: String
    private let promise: EventLoopPromise<Void>
    private let proxy: String
    private var received = ByteBuffer()
    private var isOver = false

    /// - Parameters:
    ///   - server: The host and port of the server.
    ///   - authorization: The value of the `Proxy-Authorization` header field.
    ///   - proxy: The host and port of the proxy, for messages.
    ///   - promise: Succeeds when the tunnel through the proxy is open; fails with a ``TunnelRefusal``.
    init(server: String, authorization: String?, proxy: String, promise: EventLoopPromise<Void>) {
        var text = "CONNECT \(server) HTTP/1.1\r\nHost: \(server)\r\n"
        if let authorization { text += "Proxy-Authorization: \(authorization)\r\n" }
        request = text + "\r\n"
        self.promise = promise
        self.proxy = proxy
    }

    func handlerAdded(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: request)), promise: nil)
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = unwrapInboundIn(data)
        received.writeBuffer(&part)
        guard !isOver else { return }
        let end = Array("\r\n\r\n".utf8)
        let bytes = Array(received.readableBytesView)
        guard let index = bytes.indices.first(where: { bytes[$0...].starts(with: end) }) else {
            if bytes.count > ConnectHead.limit { fail(context, "has answered with something that is not HTTP") }
            return
        }
        let words = String(decoding: bytes[..<index], as: UTF8.self).prefix { $0 != "\r\n" }.split(separator: " ")
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
            return fail(context, "has answered with something that is not HTTP")
        }
        guard (200..<300).contains(status) else { return fail(context, "has answered with the status \(status)") }
        received.moveReaderIndex(forwardBy: index + end.count)
        isOver = true
        promise.succeed()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if !isOver { context.read() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(context, "has closed the connection")
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(context, "has broken the connection")
    }

    /// Passes on what came after the answer, and leaves.
    func removeHandler(context: ChannelHandlerContext, removalToken: ChannelHandlerContext.RemovalToken) {
        if received.readableBytes > 0 {
            let bytes = received
            received.clear()
            context.fireChannelRead(wrapInboundOut(bytes))
            context.fireChannelReadComplete()
        }
        context.leavePipeline(removalToken: removalToken)
    }

    private func fail(_ context: ChannelHandlerContext, _ what: String) {
        guard !isOver else { return }
        isOver = true
        promise.fail(TunnelRefusal.unreachable("The proxy \(proxy) \(what)."))
        context.close(promise: nil)
    }
}
