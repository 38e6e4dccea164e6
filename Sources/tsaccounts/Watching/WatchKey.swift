/// A key that is pressed in `watch`.
enum WatchKey: Hashable, Sendable {
    case up, down, first, last
    case sort, refresh, redraw, quit

    /// The keys in bytes that a terminal has sent. Bytes that mean nothing here are left out.
    static func keys(in bytes: [UInt8]) -> [WatchKey] {
        var keys: [WatchKey] = []
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            if byte == escape, let next = rest.first, next == UInt8(ascii: "[") || next == UInt8(ascii: "O") {
                rest = rest.dropFirst()
                // Parameters, for example of an arrow with Ctrl, come before the letter that ends the sequence.
                rest = rest.drop { (0x20...0x3F).contains($0) }
                if let letter = rest.popFirst(), let key = sequences[letter] { keys.append(key) }
            } else if let key = letters[byte] {
                keys.append(key)
            }
        }
        return keys
    }

    private static let escape: UInt8 = 0x1B

    private static let sequences: [UInt8: WatchKey] = [
        UInt8(ascii: "A"): .up, UInt8(ascii: "B"): .down, UInt8(ascii: "H"): .first, UInt8(ascii: "F"): .last,
    ]

    private static let letters: [UInt8: WatchKey] = [
        UInt8(ascii: "k"): .up, UInt8(ascii: "j"): .down, UInt8(ascii: "g"): .first, UInt8(ascii: "G"): .last,
        UInt8(ascii: "s"): .sort, UInt8(ascii: "r"): .refresh, UInt8(ascii: "q"): .quit, 0x0C: .redraw,
    ]
}
