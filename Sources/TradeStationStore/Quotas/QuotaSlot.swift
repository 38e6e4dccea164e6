import TradeStationModel

/// A quota row in a file: 128 bytes, integers in the byte order of this machine.
///
/// The last eight bytes are a checksum. A slot that was read while it was written, or that holds anything else, has no
/// row.
struct QuotaSlot {
    static let bytes = 128
    private static let longestName = 47

    let key: QuotaKey
    let row: QuotaRow

    /// The slot for a row. A long name is cut.
    init(_ key: QuotaKey, _ row: QuotaRow) {
        self.key = key
        self.row = row
    }

    /// Reads a slot; nil if it is empty or damaged.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count == Self.bytes else { return nil }
        let words = bytes.withUnsafeBytes { raw in
            (0..<16).map { raw.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self) }
        }
        let number = { (index: Int) in Int64(bitPattern: words[index]) }
        let name = bytes.dropFirst(72).prefix(Self.longestName + 1)
        guard words[15] == StableHash(bytes.dropLast(8)).value, let length = name.first,
            Int(length) <= Self.longestName,
            let resource = String(validating: name.dropFirst().prefix(Int(length)), as: UTF8.self)
        else { return nil }
        key = QuotaKey(hash: words[0])
        row = QuotaRow(
            login: Login.ID(rawValue: number(1)),
            resource: resource,
            limit: Self.count(UInt32(truncatingIfNeeded: words[2])),
            remaining: Self.count(UInt32(truncatingIfNeeded: words[2] >> 32)),
            answeredAt: Timestamp(milliseconds: number(3)),
            resetsAt: Self.time(number(4)),
            window: min(max(0, number(5)), QuotaRow.longestPause),
            pauseEnd: Self.time(number(6)),
            sent: max(0, number(7)),
            newest: max(0, number(8))
        )
    }

    /// The bytes of the slot.
    var encoded: [UInt8] {
        let counts = UInt64(Self.word(row.limit)) | UInt64(Self.word(row.remaining)) << 32
        let words = [
            key.hash, UInt64(bitPattern: row.login.rawValue), counts, Self.word(row.answeredAt),
            Self.word(row.resetsAt),
            UInt64(bitPattern: row.window), Self.word(row.pauseEnd), UInt64(bitPattern: row.sent),
            UInt64(bitPattern: row.newest),
        ]
        var name = Array(row.resource.utf8.prefix(Self.longestName))
        // A character is not cut in the middle.
        while String(validating: name, as: UTF8.self) == nil { name.removeLast() }
        var bytes = words.flatMap { word in withUnsafeBytes(of: word) { Array($0) } }
        bytes += [UInt8(name.count)] + name + Array(repeating: 0, count: Self.longestName - name.count)
        return bytes + withUnsafeBytes(of: StableHash(bytes).value) { Array($0) }
    }

    // 0 stands for nil, so counts are stored plus one.
    private static func count(_ word: UInt32) -> Int? { word == 0 ? nil : Int(word) - 1 }

    private static func word(_ count: Int?) -> UInt32 { count.map { UInt32(clamping: max(0, $0)) &+ 1 } ?? 0 }

    private static func time(_ milliseconds: Int64) -> Timestamp? {
        milliseconds == 0 ? nil : Timestamp(milliseconds: milliseconds)
    }

    private static func word(_ time: Timestamp?) -> UInt64 { UInt64(bitPattern: time?.milliseconds ?? 0) }
}
