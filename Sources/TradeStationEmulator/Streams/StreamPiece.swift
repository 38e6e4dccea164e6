import NIOCore

/// What is to be done next on a stream's connection.
enum StreamPiece: Sendable, Equatable {
    case chunk([UInt8])
    /// The last chunk: the body ends as HTTP wants it.
    case end
    /// The connection is closed as it stands.
    case cut

    /// The bytes of a chunk.
    var chunk: ByteBuffer? {
        if case .chunk(let bytes) = self { ByteBuffer(bytes: bytes) } else { nil }
    }
}
