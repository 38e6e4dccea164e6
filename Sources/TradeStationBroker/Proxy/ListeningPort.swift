import Synchronization

/// The port of a listener, for a responder that is made before the listener.
package final class ListeningPort: Sendable {
    private let port = Mutex<Int?>(nil)

    package init(_ number: Int? = nil) {
        port.withLock { $0 = number }
    }

    /// The port; nil before the listener listens.
    package var number: Int? { port.withLock { $0 } }

    /// Tells the port.
    package func set(_ number: Int) { port.withLock { $0 = number } }
}
