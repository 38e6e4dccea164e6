/// Cuts the bytes of a stream into JSON objects, wherever the borders of the chunks fall.
///
/// "HTTP Streaming": one object after another with a newline between; objects span chunks and a chunk holds several. It
/// looks at braces and strings only; whether an object is JSON inside is for the decoder to say.
struct StreamFramer: Sendable {
    enum Fault: Error, Equatable {
        /// Something that begins no object.
        case garbage
        /// An object that does not end within the limit.
        case tooLong
    }

    /// An order with many legs is some ten kilobytes; what is much longer has no end.
    static let longestObject = 1 << 20

    private let limit: Int
    private var buffer: [UInt8] = []
    /// Where the object that is being read begins; up to here everything was handed out.
    private var start = 0
    /// The next byte to look at.
    private var position = 0
    private var depth = 0
    private var isInString = false
    private var isEscaped = false

    init(limit: Int = StreamFramer.longestObject) {
        self.limit = limit
    }

    /// Takes what came.
    mutating func append(_ bytes: [UInt8]) {
        buffer.removeFirst(start)
        position -= start
        start = 0
        buffer += bytes
    }

    /// The next whole object; nil when more must come first.
    mutating func next() throws(Fault) -> [UInt8]? {
        while position < buffer.count {
            let byte = buffer[position]
            if depth == 0 {
                guard byte == UInt8(ascii: "{") || Self.isSpace(byte) else { throw .garbage }
                start = position
            }
            guard position - start < limit else { throw .tooLong }
            position += 1
            look(at: byte)
            if byte == UInt8(ascii: "}"), depth == 0 {
                defer { start = position }
                return Array(buffer[start..<position])
            }
        }
        if depth == 0 { start = position }
        return nil
    }

    private mutating func look(at byte: UInt8) {
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

    /// White space of JSON (RFC 8259 section 2).
    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }
}
