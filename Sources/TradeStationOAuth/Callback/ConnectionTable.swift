import NIOCore
import Synchronization

/// The open connections to the callback, oldest first, up to a maximum number.
final class ConnectionTable: Sendable {
    private let capacity: Int
    private let channels = Mutex<[any Channel]>([])

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// Adds a connection; closes the oldest one if the table is full.
    func add(_ channel: any Channel) {
        let dropped: (any Channel)? = channels.withLock { channels in
            channels.append(channel)
            return channels.count > capacity ? channels.removeFirst() : nil
        }
        dropped?.close(promise: nil)
        channel.closeFuture.whenComplete { [self] _ in
            channels.withLock { $0.removeAll { $0 === channel } }
        }
    }
}
