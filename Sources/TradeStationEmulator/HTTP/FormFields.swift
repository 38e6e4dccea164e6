/// The `application/x-www-form-urlencoded` parameters of a query or body, decoded exactly once.
struct FormFields: Sendable {
    private var pairs: [(name: String, value: String)] = []
    /// The names that occur more than once, which RFC 6749 sections 3.1 and 3.2 forbid.
    private(set) var repeated: Set<String> = []

    /// Reads parameters; nil if the percent-encoding is malformed or not UTF-8.
    init?(_ text: String) {
        var seen: Set<String> = []
        for piece in text.split(separator: "&") {
            let parts = piece.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard
                let name = Self.decode(parts[0], plusIsSpace: true),
                let value = Self.decode(parts.count == 2 ? parts[1] : "", plusIsSpace: true)
            else { return nil }
            if !seen.insert(name).inserted { repeated.insert(name) }
            pairs.append((name, value))
        }
    }

    init(_ dictionary: [String: String]) {
        pairs = dictionary.map { ($0.key, $0.value) }
    }

    /// The value of a parameter; an empty one is treated as absent (RFC 6749 section 3.1).
    subscript(_ name: String) -> String? {
        pairs.first { $0.name == name }.flatMap { $0.value.isEmpty ? nil : $0.value }
    }

    /// Decodes percent-encoding; nil if it is malformed or not UTF-8.
    static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8.makeIterator()
        while let byte = rest.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard
                    let high = rest.next().flatMap(Self.hexadecimal),
                    let low = rest.next().flatMap(Self.hexadecimal)
                else { return nil }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace:
                bytes.append(UInt8(ascii: " "))
            default:
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Percent-encodes all characters except the unreserved ones of RFC 3986.
    static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return text.utf8.reduce(into: "") { encoded, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                encoded.append("%")
                encoded.append(digits[Int(byte >> 4)])
                encoded.append(digits[Int(byte & 0x0f)])
            }
        }
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
