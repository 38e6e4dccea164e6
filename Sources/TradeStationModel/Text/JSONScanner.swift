/// Reads a JSON text (RFC 8259) one token at a time.
package struct JSONScanner {
    private let bytes: [UInt8]
    private let acceptsControlCharacters: Bool
    private var index = 0

    /// Creates a scanner at the start of a text.
    ///
    /// - Parameter acceptsControlCharacters: whether control characters may occur unescaped in strings.
    package init(_ bytes: [UInt8], acceptsControlCharacters: Bool = false) {
        self.bytes = bytes
        self.acceptsControlCharacters = acceptsControlCharacters
    }

    static func isNumberByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }

    /// Skips a byte order mark, which some servers send although RFC 8259 section 8.1 forbids it.
    package mutating func skipByteOrderMark() {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
    }

    /// Skips a structural character if it is next; returns whether it was.
    package mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    /// Whether only white space is left.
    package mutating func isAtEnd() -> Bool {
        skipSpace()
        return index == bytes.count
    }

    /// Reads the next value; nil if the text is malformed.
    mutating func value() -> JSONMembers.Value? {
        skipSpace()
        guard index < bytes.count else { return nil }
        switch bytes[index] {
        case UInt8(ascii: "\""): return string().map(JSONMembers.Value.string)
        case UInt8(ascii: "["), UInt8(ascii: "{"): return nested()
        default: return literal()
        }
    }

    /// Skips a string, a number or a literal; returns false if none is next.
    package mutating func skipScalar() -> Bool {
        skipSpace()
        return index < bytes.count && bytes[index] == UInt8(ascii: "\"") ? string() != nil : literal() != nil
    }

    /// Reads a string and decodes its escapes. Invalid UTF-8 becomes the replacement character.
    package mutating func string() -> String? {
        guard take("\"") else { return nil }
        var units: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: units, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let scalar = escape() else { return nil }
                units.append(contentsOf: String(scalar).utf8)
            case 0..<0x20 where !acceptsControlCharacters: return nil
            default: units.append(byte)
            }
        }
        return nil
    }

    private mutating func escape() -> Unicode.Scalar? {
        guard index < bytes.count else { return nil }
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return codePoint()
        default: return nil
        }
    }

    /// The scalar of a `\u` escape or of a surrogate pair; a lone surrogate becomes the replacement character.
    private mutating func codePoint() -> Unicode.Scalar? {
        guard let first = fourHexDigits() else { return nil }
        guard (0xD800..<0xDC00).contains(first) else { return Unicode.Scalar(first) ?? "\u{FFFD}" }
        guard bytes[index...].starts(with: Array("\\u".utf8)) else { return "\u{FFFD}" }
        index += 2
        guard let second = fourHexDigits() else { return nil }
        guard (0xDC00..<0xE000).contains(second) else { return "\u{FFFD}" }
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    }

    private mutating func fourHexDigits() -> UInt32? {
        guard index + 4 <= bytes.count else { return nil }
        var number: UInt32 = 0
        for byte in bytes[index..<(index + 4)] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            number = number << 4 | UInt32(digit)
        }
        index += 4
        return number
    }

    private mutating func literal() -> JSONMembers.Value? {
        let start = index
        while index < bytes.count, Self.isLiteralByte(bytes[index]) { index += 1 }
        let word = String(decoding: bytes[start..<index], as: UTF8.self)
        switch word {
        case "null": return .null
        case "true", "false": return .other
        case "NaN", "Infinity", "-Infinity": return .number(word)
        default: return word.utf8.allSatisfy(Self.isNumberByte) && Double(word) != nil ? .number(word) : nil
        }
    }

    private static func isLiteralByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        default: isNumberByte(byte)
        }
    }

    /// Skips an array or object; returns the strings of an array that contains only strings.
    private mutating func nested() -> JSONMembers.Value? {
        var open: [UInt8] = []
        var texts: [String]? = bytes[index] == UInt8(ascii: "[") ? [] : nil
        repeat {
            skipSpace()
            guard index < bytes.count else { return nil }
            switch bytes[index] {
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                if !open.isEmpty { texts = nil }
                open.append(bytes[index] + 2)
                index += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                guard open.popLast() == bytes[index] else { return nil }
                index += 1
            case UInt8(ascii: "\""):
                guard let text = string() else { return nil }
                texts?.append(text)
            case UInt8(ascii: ","), UInt8(ascii: ":"): index += 1
            default:
                guard literal() != nil else { return nil }
                texts = nil
            }
        } while !open.isEmpty
        return texts.map(JSONMembers.Value.strings) ?? .other
    }

    private mutating func skipSpace() {
        while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
    }
}
