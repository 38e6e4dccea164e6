import NIOCore
import Synchronization

/// A request body that remembers whether it was ever asked for.
///
/// The HTTP client asks for the body only once a connection stands, right before writing it. A failure before that
/// is proof that the server cannot have acted on the request, whatever error was reported.
final class OutgoingBody: AsyncSequence, Sendable {
    private let bytes: [UInt8]
    private let taken = Atomic(false)

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Whether a byte of the body may have left the process.
    var wasTaken: Bool { taken.load(ordering: .sequentiallyConsistent) }

    func makeAsyncIterator() -> Iterator { Iterator(body: self) }

    struct Iterator: AsyncIteratorProtocol {
        let body: OutgoingBody
        var isAtEnd = false

        mutating func next() async -> ByteBuffer? {
            guard !isAtEnd else { return nil }
            isAtEnd = true
            body.taken.store(true, ordering: .sequentiallyConsistent)
            return ByteBuffer(bytes: body.bytes)
        }
    }
}
