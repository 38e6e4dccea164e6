import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// The sockets of the callback: one port of this machine, on every loopback address it has.
///
/// Never on one address only while another program owns the port on the other one: the browser chooses between them.
struct LoopbackListener: Sendable {
    /// The largest request that is read, in bytes.
    static let requestBytes = 8 * 1_024
    /// How many connections may be open at once.
    static let connections = 32

    private let sockets: [any Channel]

    /// Listens on a port; nil when the port cannot be had on every address.
    ///
    /// - Parameter connectionMilliseconds: how long one connection may take in all.
    static func open(
        port: Int,
        addresses: [String],
        connectionMilliseconds: Int64,
        desk: CallbackDesk
    ) async -> LoopbackListener? {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let table = ConnectionTable(capacity: connections)
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
                        RequestSizeLimit(bytes: requestBytes),
                        HTTPResponseEncoder(),
                        ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)),
                        CallbackConnection(desk: desk)
                    )
                }
            }

        var listener = LoopbackListener(sockets: [])
        for address in addresses {
            do {
                let socket = try await bootstrap.bind(host: address, port: port).get()
                listener = LoopbackListener(sockets: listener.sockets + [socket])
            } catch let error as IOError where [EADDRNOTAVAIL, EAFNOSUPPORT].contains(error.errnoCode) {
                // This machine has no such address, so no browser can come that way.
                continue
            } catch {
                await listener.close()
                return nil
            }
        }
        return listener.sockets.isEmpty ? nil : listener
    }

    /// Frees the port without waiting for it.
    func closeNow() {
        for socket in sockets { socket.close(promise: nil) }
    }

    /// Frees the port and returns once it is free. Pages that are on their way still arrive.
    func close() async {
        closeNow()
        for socket in sockets { try? await socket.closeFuture.get() }
    }
}
