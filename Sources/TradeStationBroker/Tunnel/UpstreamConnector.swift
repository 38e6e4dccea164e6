import NIOCore
import NIOPosix
import TradeStationModel
import TradeStationOAuth

/// Connects to the servers that are not TradeStation's, through the proxy that the network settings name.
struct UpstreamConnector: Sendable {
    let network: NetworkSettings

    /// Opens a connection that does not read yet.
    ///
    /// - Returns: The channel; fails with a ``TunnelRefusal``.
    func connect(toHost host: String, port: Int, on eventLoop: any EventLoop) -> EventLoopFuture<any Channel> {
        let shown = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(.seconds(Self.connectSeconds))
            .channelOption(.autoRead, value: false)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        let proxy: ProxyAddress?
        do {
            proxy = try network.proxy(toHost: host, port: port)
        } catch {
            let refusal = TunnelRefusal.unreachable("\(network.proxyName) is not the URL of a proxy that can be used.")
            return eventLoop.makeFailedFuture(refusal)
        }
        guard let proxy else {
            return bootstrap.connect(host: host, port: port).flatMapErrorThrowing { _ in
                throw TunnelRefusal.unreachable("\(shown) cannot be reached.")
            }
        }
        return bootstrap.connect(host: proxy.host, port: proxy.port).flatMapErrorThrowing { _ in
            throw TunnelRefusal.unreachable("The proxy \(proxy.shown) cannot be reached.")
        }.flatMap { channel in
            Self.handshake(on: channel, server: shown, proxy).map { channel }
        }
    }

    private static func handshake(
        on channel: any Channel,
        server: String,
        _ proxy: ProxyAddress
    ) -> EventLoopFuture<Void> {
        let promise = channel.eventLoop.makePromise(of: Void.self)
        let handshake = UpstreamHandshake(
            server: server,
            authorization: proxy.authorizationField,
            proxy: proxy.shown,
            promise: promise
        )
        do {
            try channel.pipeline.syncOperations.addHandler(handshake)
        } catch {
            promise.fail(error)
        }
        let limit = channel.eventLoop.scheduleTask(in: .seconds(answerSeconds)) { channel.close(promise: nil) }
        promise.futureResult.whenComplete { _ in limit.cancel() }
        return promise.futureResult
    }

    private static let connectSeconds: Int64 = 10
    private static let answerSeconds: Int64 = 30
}
