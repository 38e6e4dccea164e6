import Foundation
import NIOCore
import NIOSSL

/// Reads the first bytes of a connection, and decides what the connection is: a tunnel whose TLS ends here, a tunnel to
/// another server, or plain requests.
///
/// Until it has decided, it keeps what arrives; then it removes itself and passes it on.
final class TunnelEntrance: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let services: TunnelServices
    /// The client; nil until it is known.
    private var client: ConnectedClient?
    private var kept = ByteBuffer()
    private var hasDecided = false
    private var hasRefused = false
    private var limit: Scheduled<Void>?

    init(_ services: TunnelServices) {
        self.services = services
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        limit = context.eventLoop.scheduleTask(in: .seconds(Self.headSeconds)) { channel.close(promise: nil) }
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        let here = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        PeerLookUp.client(of: context.channel).whenSuccess { client in
            let (entrance, context) = here.value
            entrance.client = client
            entrance.decide(context)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasRefused else { return }
        var part = unwrapInboundIn(data)
        kept.writeBuffer(&part)
        decide(context)
    }

    /// Looks at what has arrived, once it is known who sent it.
    private func decide(_ context: ChannelHandlerContext) {
        guard let client else { return }
        while !hasDecided, kept.readableBytes > 0 {
            guard client.userID == geteuid() else { return refuse(.otherUser, context, closing: true) }
            switch ConnectHead.read(from: &kept) {
            case .incomplete: return
            case .malformed: refuse(.malformed, context, closing: true)
            case .otherRequest: serve(context, client, PlainResponder(services: services))
            case .connect(let head): answer(head, client, context)
            }
        }
    }

    /// Passes on what has arrived, and leaves.
    func removeHandler(context: ChannelHandlerContext, removalToken: ChannelHandlerContext.RemovalToken) {
        if kept.readableBytes > 0 {
            let bytes = kept
            kept.clear()
            context.fireChannelRead(wrapInboundOut(bytes))
            context.fireChannelReadComplete()
        }
        context.leavePipeline(removalToken: removalToken)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        limit?.cancel()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    // MARK: Decisions

    private func answer(_ head: ConnectHead, _ client: ConnectedClient, _ context: ChannelHandlerContext) {
        guard services.password.matches(head.proxyAuthorization) else {
            // The connection stays open: clients try again with a password.
            return refuse(.password, context, closing: false)
        }
        switch services.plan.step(to: head.target) {
        case .refuse(let refusal): refuse(refusal, context, closing: true)
        case .terminate(let host): terminate(host, client, context)
        case .pass(let host, let port): pass(toHost: host, port: port, context)
        }
    }

    private func refuse(_ refusal: TunnelRefusal, _ context: ChannelHandlerContext, closing: Bool) {
        let response = wrapOutboundOut(refusal.response(closing: closing))
        guard closing else { return context.writeAndFlush(response, promise: nil) }
        settle()
        hasRefused = true
        kept.clear()
        let channel = context.channel
        // Closing both directions at once could destroy the response on its way. What the client still sends is dropped.
        limit = context.eventLoop.scheduleTask(in: .seconds(Self.lingerSeconds)) { channel.close(promise: nil) }
        try? channel.syncOptions?.setOption(.autoRead, value: true)
        context.writeAndFlush(response).whenComplete { _ in channel.close(mode: .output, promise: nil) }
    }

    private func terminate(_ host: String, _ client: ConnectedClient, _ context: ChannelHandlerContext) {
        do {
            let tls = NIOSSLServerHandler(context: try services.authority.context())
            context.writeAndFlush(wrapOutboundOut(Self.established), promise: nil)
            try context.pipeline.syncOperations.addHandler(tls)
            serve(context, client, TunnelledResponder(host: host, services: services))
        } catch {
            refuse(.unreachable("No certificate could be made."), context, closing: true)
        }
    }

    /// Adds HTTP, and then lets it have what has arrived.
    private func serve(_ context: ChannelHandlerContext, _ client: ConnectedClient, _ responder: any HTTPResponder) {
        settle()
        let channel = context.channel
        HTTPConnection.serve(channel, client: client, responder: responder).whenFailure { _ in
            channel.close(promise: nil)
        }
        leave(context)
    }

    private func pass(toHost host: String, port: Int, _ context: ChannelHandlerContext) {
        settle()
        let channel = context.channel
        let here = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        // Nothing more is read until the server can take it.
        try? channel.syncOptions?.setOption(.autoRead, value: false)
        UpstreamConnector(network: services.network)
            .connect(toHost: host, port: port, on: context.eventLoop)
            .whenComplete { result in
                let (entrance, context) = here.value
                do {
                    try entrance.join(context, to: result.get())
                } catch let refusal as TunnelRefusal {
                    entrance.refuse(refusal, context, closing: true)
                } catch {
                    channel.close(promise: nil)
                }
            }
    }

    private func join(_ context: ChannelHandlerContext, to server: any Channel) throws {
        guard context.channel.isActive else {
            server.close(promise: nil)
            return
        }
        context.writeAndFlush(wrapOutboundOut(Self.established), promise: nil)
        let (left, right) = TunnelEnd.pair()
        try context.channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
        try context.pipeline.syncOperations.addHandler(left)
        let pipeline = server.pipeline.syncOperations
        try pipeline.addHandler(right)
        if let handshake = try? pipeline.handler(type: UpstreamHandshake.self) {
            pipeline.removeHandler(handshake, promise: nil)
        }
        leave(context)
        for channel in [context.channel, server] { try channel.syncOptions?.setOption(.autoRead, value: true) }
    }

    private func settle() {
        hasDecided = true
        limit?.cancel()
    }

    /// Removes this handler after the tasks that are already queued, which may still add handlers behind it.
    private func leave(_ context: ChannelHandlerContext) {
        let here = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.execute {
            let (entrance, context) = here.value
            context.pipeline.syncOperations.removeHandler(entrance, promise: nil)
        }
    }

    private static let established = ByteBuffer(string: "HTTP/1.1 200 Connection established\r\n\r\n")
    /// How long a client may take to say what the connection is for.
    private static let headSeconds: Int64 = 30
    /// How long a client may take to close its side after a refusal.
    private static let lingerSeconds: Int64 = 5
}
