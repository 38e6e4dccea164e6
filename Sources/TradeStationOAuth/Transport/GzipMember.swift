/// A member of a gzip body. A body can have several, one after another (RFC 1952 section 2.2).
///
/// The HTTP client's decompressor stops after the first member and does not say where that is. But a member ends with a
/// checksum of its content and the content's size.
struct GzipMember {
    /// The first bytes of each member: the magic number and the only compression method.
    static let start: [UInt8] = [0x1F, 0x8B, 0x08]

    /// The size of the smallest header, in bytes.
    private static let headerSize = 10
    /// The size of the checksum and the size of the content, in bytes.
    private static let trailerSize = 8

    /// What the member decompresses to.
    let content: [UInt8]

    /// The members that follow this one, which is the first of `body`; nil if there are none, or if this one is cut off.
    func next(in body: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let first = body.startIndex + Self.headerSize + Self.trailerSize
        guard first < body.endIndex else { return nil }
        let trailer = trailer
        for index in first..<body.endIndex
        where body[index] == Self.start[0] && body[index...].starts(with: Self.start)
            && body[(index - Self.trailerSize)..<index].elementsEqual(trailer)
        {
            return body[index...]
        }
        return nil
    }

    /// The last bytes of the member: CRC-32 and size of the content, both in little-endian order.
    private var trailer: [UInt8] {
        let size = UInt32(truncatingIfNeeded: content.count)
        return [checksum, size].flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
    }

    /// CRC-32 (RFC 1952 section 8).
    private var checksum: UInt32 {
        ~content.reduce(~0) { sum, byte in
            Self.table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] ^ (sum >> 8)
        }
    }

    /// The checksum's change for each value of a byte.
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { sum, _ in sum & 1 == 1 ? 0xEDB8_8320 ^ (sum >> 1) : sum >> 1 }
    }
}
