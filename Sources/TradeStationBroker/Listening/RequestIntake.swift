import NIOCore
import NIOHTTP1

/// The parts of requests that have arrived and wait: for the response to an earlier request, or for the responder to
/// ask for them.
struct RequestIntake {
    private var parts = CircularBuffer<HTTPServerRequestPart>(initialCapacity: 4)
    private var bodyBytes = 0

    /// The part that arrived first; nil if none waits.
    var first: HTTPServerRequestPart? { parts.first }
    /// Whether nothing waits.
    var isEmpty: Bool { parts.isEmpty }
    /// The part that arrived second.
    var second: HTTPServerRequestPart? { parts.count > 1 ? parts[offset: 1] : nil }

    /// Whether enough waits that the connection should not be read further.
    func isFull(limit: Int) -> Bool { bodyBytes >= limit || parts.count >= Self.maximumParts }

    mutating func append(_ part: HTTPServerRequestPart) {
        if case .body(let bytes) = part { bodyBytes += bytes.readableBytes }
        parts.append(part)
    }

    @discardableResult
    mutating func removeFirst() -> HTTPServerRequestPart {
        let part = parts.removeFirst()
        if case .body(let bytes) = part { bodyBytes -= bytes.readableBytes }
        return part
    }

    mutating func removeAll() {
        parts.removeAll()
        bodyBytes = 0
    }

    /// Bounds requests that a client sends without waiting for responses, and bodies in tiny chunks.
    private static let maximumParts = 256
}

extension CircularBuffer {
    fileprivate subscript(offset offset: Int) -> Element { self[index(startIndex, offsetBy: offset)] }
}
