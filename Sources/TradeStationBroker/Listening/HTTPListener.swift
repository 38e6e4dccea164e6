package import Logging
import NIOCore
import NIOPosix
import Synchronization
import TradeStationModel

/// A listening socket whose connections speak HTTP/1.
package final class HTTPListener: Sendable {
    private let channel: any Channel
    private let connections: OpenConnections
    private let file: SocketFile?
    private let limits: HTTPLimits

    private init(channel: any Channel, connections: OpenConnections, file: SocketFile?, limits: HTTPLimits) {
        self.channel = channel
        self.connections = connections
        self.file = file
        self.limits = limits
    }

    /// Starts to listen.
    ///
    /// - Parameters:
    ///   - address: Where to listen.
    ///   - admit: Decides about each client. A client that is not admitted gets 403.
    ///   - responder: Answers the requests.
    /// - Throws: ``AccountsError`` `usage`, `cannot_create` or `insecure_permissions` for a Unix socket that cannot be
    ///   used; the system's error for a port.
    package static func start(
        on address: ListeningAddress,
        logger: Logger,
        limits: HTTPLimits = HTTPLimits(),
        admit: @escaping @Sendable (ConnectedClient) -> Bool,
        responder: any HTTPResponder
    ) async throws -> HTTPListener {
        let connections = OpenConnections()
        let settings = ListenerSettings(limits: limits, admit: admit, responder: responder)
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 1024)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { channel in
                connections.add(channel)
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptedConnection(settings))
                }
            }
        var file: SocketFile?
        let channel: any Channel
        switch address {
        case .loopback(let port):
            channel = try await bootstrap.childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .bind(host: "127.0.0.1", port: port).get()
        case .unixSocket(let path):
            let bound = try await NIOThreadPool.singleton.runIfActive { try SocketFile.bind(path) }
            do {
                channel = try await bootstrap.withBoundSocket(bound.descriptor).get()
            } catch {
                bound.remove()
                throw error
            }
            file = bound
        case .inherited(let descriptor):
            channel = try await bootstrap.withBoundSocket(descriptor).get()
        }
        logger.debug("listening", metadata: ["address": "\(channel.localAddress?.description ?? "")"])
        return HTTPListener(channel: channel, connections: connections, file: file, limits: limits)
    }

    /// The port; nil for a Unix socket.
    package var port: Int? { channel.localAddress?.port }

    /// Stops listening and removes the socket. Responses under way are completed, within a few seconds at most.
    package func close() async {
        if let file {
            // As a future, because the call that waits in a task would do nothing once the task is cancelled.
            let removed = NIOThreadPool.singleton.runIfActive(eventLoop: channel.eventLoop) { file.remove() }
            try? await removed.get()
        }
        try? await channel.close().get()
        await connections.close(within: limits.closeTime)
    }
}
