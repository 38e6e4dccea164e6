/// How a stream's bytes are divided into HTTP chunks. Clients must accept every division
/// (TradeStation, "HTTP Streaming").
public enum StreamChunks: String, Sendable, Codable, CaseIterable {
    /// Each chunk contains one object and its newline.
    case objects
    /// Chunks end inside objects, each time at another byte, which can be inside a character. No chunk ends between two
    /// objects that are sent together.
    case split
    /// Objects that are sent together are in one chunk.
    case several
    /// Each chunk contains one byte.
    case bytes
}
