import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// The listening sockets of the callback: one port on every loopback address of this computer.
///
/// If another program owns the port on one of the addresses, the port is not used at all, because the browser
/// chooses which address it connects to.
struct LoopbackListener: Sendable {
    /// The maximum size of a request, in bytes. It is generous, because browsers send the cookies of all programs on
    /// localhost to each of its ports.
    static let maximumRequestBytes = 64 * 1_024
    /// The maximum number of open connections.
    static let maximumConnections = 32

    private let sockets: [any Channel]

    /// Listens on a port; returns nil unless the port is free on every address that this computer has.
    ///
    /// - Parameters:
    ///   - port: The port.
    ///   - addresses: The loopback addresses to listen on.
    ///   - connectionMilliseconds: The limit for one connection, from start to end.
    ///   - handler: The handler that answers requests.
    static func open(
        port: Int,
        addresses: [String],
        connectionMilliseconds: Int64,
        handler: CallbackHandler
    ) async -> LoopbackListener? {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let table = ConnectionTable(capacity: maximumConnections)
        let bootstrap = ServerBootstrap(group: loop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    table.add(channel)
                    let limit = channel.eventLoop.scheduleTask(in: .milliseconds(connectionMilliseconds)) {
                        channel.close(promise: nil)
                    }
                    channel.closeFuture.whenComplete { _ in limit.cancel() }
                    try channel.pipeline.syncOperations.addHandlers(
                        RequestGuard(bytes: maximumRequestBytes),
                        HTTPResponseEncoder(),
                        ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)),
                        CallbackConnection(handler: handler)
                    )
                }
            }

        var listener = LoopbackListener(sockets: [])
        for address in addresses {
            do {
                let socket = try await bootstrap.bind(host: address, port: port).get()
                listener = LoopbackListener(sockets: listener.sockets + [socket])
            } catch let error as IOError where [EADDRNOTAVAIL, EAFNOSUPPORT].contains(error.errnoCode) {
                // This computer does not have the address, so no browser can connect to it.
                continue
            } catch {
                await listener.close()
                return nil
            }
        }
        return listener.sockets.isEmpty ? nil : listener
    }

    /// Starts to close the sockets and returns immediately.
    func closeNow() {
        for socket in sockets { socket.close(promise: nil) }
    }

    /// Closes the sockets and waits until the port is free. Replies that are being written are still delivered.
    func close() async {
        closeNow()
        for socket in sockets { try? await socket.closeFuture.get() }
    }
}
