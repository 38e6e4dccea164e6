/// Where the borders of HTTP chunks fall. Clients must not care ("HTTP Streaming").
public enum StreamChunks: String, Sendable, Codable, CaseIterable {
    /// One object and its newline in each chunk.
    case objects
    /// Borders fall inside objects, each time at another byte, in the middle of a character too. Between two objects
    /// that are sent together there is none.
    case split
    /// All objects that are sent together in one chunk.
    case several
    /// Each byte in a chunk of its own.
    case bytes
}
