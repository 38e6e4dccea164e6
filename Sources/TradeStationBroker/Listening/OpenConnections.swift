import NIOCore
import NIOPosix
import Synchronization

/// The open connections of a listener.
final class OpenConnections: Sendable {
    private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

    func add(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        channels.withLock { $0[id] = channel }
        channel.closeFuture.whenComplete { _ in self.channels.withLock { $0[id] = nil } }
    }

    /// Asks all connections to end after the response under way, and closes those that remain after `time`.
    func close(within time: TimeAmount) async {
        let open = channels.withLock { Array($0.values) }
        guard let loop = open.first?.eventLoop else { return }
        for channel in open { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
        let limit = loop.scheduleTask(in: time) {
            for channel in open { channel.close(promise: nil) }
        }
        for channel in open { try? await channel.closeFuture.get() }
        limit.cancel()
    }
}
