import TradeStationModel

/// The neighbouring slots of a quota file in which a row can be.
struct QuotaProbe {
    /// The number of slots in a file.
    static let slots = 2048
    /// The number of slots in which a row can be.
    static let width = 8

    private let key: QuotaKey
    private let found: [QuotaSlot?]

    /// The position of the first byte of the slots for a key.
    static func offset(of key: QuotaKey) -> Int {
        Int(key.hash % UInt64(slots - width + 1)) * QuotaSlot.bytes
    }

    /// - Parameter bytes: what the file holds at ``offset(of:)``; it may end early.
    init(_ key: QuotaKey, in bytes: [UInt8]) {
        self.key = key
        found = (0..<Self.width).map { index in
            let start = index * QuotaSlot.bytes
            return bytes.count >= start + QuotaSlot.bytes ? QuotaSlot(bytes[start..<start + QuotaSlot.bytes]) : nil
        }
    }

    /// The row of the key; nil if there is none.
    var row: QuotaRow? { found.lazy.compactMap { $0 }.first { $0.key == key }?.row }

    /// The position of the slot to write the row into: its own, else a free one, else the one that was unused for
    /// longest.
    var target: Int {
        let place =
            found.firstIndex { $0?.key == key } ?? found.firstIndex { $0 == nil }
            ?? found.indices.min { found[$0]?.row.answeredAt ?? .distant < found[$1]?.row.answeredAt ?? .distant } ?? 0
        return Self.offset(of: key) + place * QuotaSlot.bytes
    }
}

extension Timestamp {
    fileprivate static let distant = Timestamp(milliseconds: .max)
}
