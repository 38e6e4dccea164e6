/// A list of optional texts as one unambiguous sequence of bytes: `LENGTH:BYTES,` for each text, `-,` for nil.
package enum Netstring {
    /// Returns the bytes of a list.
    package static func encode(_ fields: [String?]) -> [UInt8] {
        var bytes: [UInt8] = []
        for field in fields {
            guard let field else {
                bytes += Array("-,".utf8)
                continue
            }
            bytes += Array("\(field.utf8.count):".utf8)
            bytes += Array(field.utf8)
            bytes.append(UInt8(ascii: ","))
        }
        return bytes
    }

    /// Returns the list that the bytes encode; nil if they are not exactly one such list.
    package static func decode(_ bytes: [UInt8]) -> [String?]? {
        var fields: [String?] = []
        var rest = bytes[...]
        while let first = rest.first {
            if first == UInt8(ascii: "-") {
                guard rest.dropFirst().first == UInt8(ascii: ",") else { return nil }
                fields.append(nil)
                rest = rest.dropFirst(2)
                continue
            }
            guard let colon = rest.prefix(8).firstIndex(of: UInt8(ascii: ":")),
                let length = Int(String(decoding: rest[..<colon], as: UTF8.self)), length >= 0,
                rest[(colon + 1)...].count > length
            else { return nil }
            let end = colon + 1 + length
            guard rest[end] == UInt8(ascii: ","), let text = String(validating: rest[(colon + 1)..<end], as: UTF8.self)
            else { return nil }
            fields.append(text)
            rest = rest[(end + 1)...]
        }
        return fields
    }
}
