import Foundation

/// An IPv4 or IPv6 address, as bytes in network order.
struct IPAddress: Hashable, Sendable {
    let bytes: [UInt8]

    /// Creates an address from its text, without brackets; nil if the text is something else, for example a name.
    init?(_ text: some StringProtocol) {
        let text = String(text)
        var storage = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &storage) == 1 {
            bytes = Array(storage.prefix(4))
        } else if inet_pton(AF_INET6, text, &storage) == 1 {
            // An IPv4 address in IPv6 form (RFC 4291 section 2.5.5.2) is treated as the IPv4 address.
            let isMapped = storage.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
            bytes = isMapped ? Array(storage.suffix(4)) : storage
        } else {
            return nil
        }
    }

    /// Whether the address belongs to the machine itself.
    var isLoopback: Bool {
        bytes.count == 4 ? bytes[0] == 127 : bytes == [UInt8](repeating: 0, count: 15) + [1]
    }
}

/// A range of addresses, such as `192.0.2.0/24`, or a single address.
struct IPRange: Sendable {
    private let network: IPAddress
    private let prefixLength: Int

    /// Creates a range from its text; nil if the text is something else.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let network = IPAddress(parts[0]) else { return nil }
        let longest = network.bytes.count * 8
        guard let length = parts.count == 1 ? longest : Int(parts[1]), (0...longest).contains(length) else {
            return nil
        }
        (self.network, prefixLength) = (network, length)
    }

    /// Whether the range contains an address.
    func contains(_ address: IPAddress) -> Bool {
        guard address.bytes.count == network.bytes.count else { return false }
        return zip(address.bytes, network.bytes).enumerated().allSatisfy { index, pair in
            let bits = min(max(prefixLength - index * 8, 0), 8)
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> bits)
            return pair.0 & mask == pair.1 & mask
        }
    }
}
