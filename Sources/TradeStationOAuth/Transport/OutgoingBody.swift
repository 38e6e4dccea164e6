import NIOCore
import Synchronization

/// A request body that records whether the HTTP client has read it.
///
/// The HTTP client reads the body only once a connection is established, right before it writes the body. If the
/// request fails before that, the server cannot have acted on it, regardless of the error that the client reports.
final class OutgoingBody: AsyncSequence, Sendable {
    private let bytes: [UInt8]
    private let wasRead = Atomic(false)

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Whether a byte of the body may have left the process.
    var mayHaveBeenSent: Bool { wasRead.load(ordering: .sequentiallyConsistent) }

    func makeAsyncIterator() -> Iterator { Iterator(body: self) }

    struct Iterator: AsyncIteratorProtocol {
        let body: OutgoingBody
        var isAtEnd = false

        mutating func next() async -> ByteBuffer? {
            guard !isAtEnd else { return nil }
            isAtEnd = true
            body.wasRead.store(true, ordering: .sequentiallyConsistent)
            return ByteBuffer(bytes: body.bytes)
        }
    }
}
