/// The 64-bit FNV-1a hash of bytes: the same in every process, unlike `Hasher`. It protects against accidents only.
package struct StableHash: Hashable, Sendable {
    /// The hash.
    package let value: UInt64

    /// Computes the hash of bytes.
    package init(_ bytes: some Sequence<UInt8>) {
        value = bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
