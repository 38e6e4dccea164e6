import NIOCore
import NIOPosix
import Synchronization

/// The listener for the programs of one run: a proxy and the run's own URLs, on one port of the loopback interface.
package final class TunnelListener: Sendable {
    private let channel: any Channel
    private let connections: OpenConnections

    /// The port.
    package let port: Int

    private init(channel: any Channel, port: Int, connections: OpenConnections) {
        self.channel = channel
        self.port = port
        self.connections = connections
    }

    /// Starts to listen on a free port of 127.0.0.1.
    ///
    /// - Parameter makeServices: Makes what the listener needs, which may depend on its port.
    package static func start(
        _ makeServices: (_ port: Int) throws -> TunnelServices
    ) async throws -> TunnelListener {
        let (connections, services) = (OpenConnections(), ListenerServices())
        // Nothing is accepted before the services are there.
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.autoRead, value: false)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { child in
                guard let services = services.value else { return child.close() }
                connections.add(child)
                return child.eventLoop.makeCompletedFuture {
                    try child.pipeline.syncOperations.addHandler(TunnelEntrance(services))
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        do {
            let port = channel.localAddress?.port ?? 0
            services.value = try makeServices(port)
            try await channel.setOption(.autoRead, value: true).get()
            return TunnelListener(channel: channel, port: port, connections: connections)
        } catch {
            try? await channel.close().get()
            throw error
        }
    }

    /// Closes the listener and its connections.
    package func close() async {
        try? await channel.close().get()
        await connections.close(within: .zero)
    }
}

/// The services of a listener, which are made after its port is known.
private final class ListenerServices: Sendable {
    private let services = Mutex<TunnelServices?>(nil)

    var value: TunnelServices? {
        get { services.withLock { $0 } }
        set { services.withLock { $0 = newValue } }
    }
}
