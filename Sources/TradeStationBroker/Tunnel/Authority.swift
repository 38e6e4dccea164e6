/// A host and a port, as in the target of a CONNECT request (RFC 9112 section 3.2.3) or in a `Host` header field.
package struct Authority: Hashable, Sendable {
    /// The name in lower case and without a dot at its end, or an address without brackets.
    package let host: String
    /// The port; nil if the text contains none.
    package let port: Int?

    /// Reads a host and a port; nil if the text is something else.
    package init?(_ text: some StringProtocol) {
        let allowed = text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: "-._:[]%".utf8.contains(byte)
            }
        }
        guard allowed, text.utf8.count <= 300 else { return nil }
        var (name, rest): (Substring, Substring)
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            name = Substring(text[text.index(after: text.startIndex)..<end])
            rest = Substring(text[text.index(after: end)...])
            guard name.contains(":") else { return nil }
        } else {
            name = Substring(text.prefix { $0 != ":" })
            rest = Substring(text.drop { $0 != ":" })
        }
        if name.hasSuffix(".") { name = name.dropLast() }
        guard !name.isEmpty, !name.contains("["), !name.contains("]") else { return nil }
        host = name.lowercased()
        if rest.isEmpty {
            port = nil
        } else {
            rest = rest.dropFirst()
            guard rest.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(rest),
                (1...65_535).contains(number)
            else { return nil }
            port = number
        }
    }
}
