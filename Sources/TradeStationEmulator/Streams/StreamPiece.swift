import NIOCore

/// A step in writing a stream to its connection.
enum StreamPiece: Sendable, Equatable {
    case chunk([UInt8])
    /// The last chunk, which ends the body correctly.
    case end
    /// The connection is closed without ending the body.
    case cut

    /// The bytes, if the step is a chunk; otherwise nil.
    var chunk: ByteBuffer? {
        if case .chunk(let bytes) = self { ByteBuffer(bytes: bytes) } else { nil }
    }
}
