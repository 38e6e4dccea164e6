/// Splits the bytes of a stream into JSON objects, independent of the chunk boundaries.
///
/// Objects are separated by newlines; an object may span chunks, and a chunk may hold several objects (TradeStation's
/// documentation page "HTTP Streaming"). Only braces and strings are examined. The decoder checks the JSON inside an
/// object.
struct StreamFramer: Sendable {
    enum Fault: Error, Equatable {
        /// A byte outside the objects is neither white space nor `{`.
        case notAnObject
        /// An object that is longer than the limit.
        case tooLong
    }

    /// The longest object, in bytes. An order with many legs takes tens of kilobytes.
    static let longestObject = 1 << 20

    private let limit: Int
    private var buffer: [UInt8] = []
    /// Where the object that is being read starts; everything before it has been returned.
    private var start = 0
    /// The next byte to examine.
    private var position = 0
    private var depth = 0
    private var isInString = false
    private var isEscaped = false

    init(limit: Int = StreamFramer.longestObject) {
        self.limit = limit
    }

    /// Adds received bytes.
    mutating func append(_ bytes: [UInt8]) {
        buffer.removeFirst(start)
        position -= start
        start = 0
        buffer += bytes
    }

    /// Removes and returns the next whole object; nil until more bytes arrive.
    mutating func next() throws(Fault) -> [UInt8]? {
        while position < buffer.count {
            let byte = buffer[position]
            if depth == 0 {
                guard byte == UInt8(ascii: "{") || Self.isSpace(byte) else { throw .notAnObject }
                start = position
            }
            guard position - start < limit else { throw .tooLong }
            position += 1
            examine(byte)
            if byte == UInt8(ascii: "}"), depth == 0 {
                defer { start = position }
                return Array(buffer[start..<position])
            }
        }
        if depth == 0 { start = position }
        return nil
    }

    private mutating func examine(_ byte: UInt8) {
        if isInString {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isInString = false
            }
            return
        }
        switch byte {
        case UInt8(ascii: "\""): isInString = true
        case UInt8(ascii: "{"): depth += 1
        case UInt8(ascii: "}"): depth -= 1
        default: break
        }
    }

    /// Whether a byte is white space in JSON (RFC 8259 section 2).
    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }
}
