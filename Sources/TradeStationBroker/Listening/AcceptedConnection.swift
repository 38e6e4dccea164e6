import NIOCore

/// The first handler of an accepted connection: finds out who the client is before anything is read.
final class AcceptedConnection: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let listener: ListenerSettings
    private var hasStarted = false

    init(_ listener: ListenerSettings) {
        self.listener = listener
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        guard !hasStarted else { return }
        hasStarted = true
        let channel = context.channel
        PeerLookUp.client(of: channel).flatMap { [listener] client in
            let responder: any HTTPResponder = listener.admit(client) ? listener.responder : RefusingResponder()
            return HTTPConnection.serve(channel, client: client, limits: listener.limits, responder: responder)
        }.flatMap {
            channel.setOption(.autoRead, value: true)
        }.whenFailure { _ in channel.close(promise: nil) }
    }
}

/// What the connections of a listener have in common.
struct ListenerSettings: Sendable {
    let limits: HTTPLimits
    let admit: @Sendable (ConnectedClient) -> Bool
    let responder: any HTTPResponder
}
