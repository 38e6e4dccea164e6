/// A source of random bytes. Tests pass a predictable one.
public struct RandomSource: Sendable {
    /// Returns unpredictable bytes.
    public let bytes: @Sendable (_ count: Int) -> [UInt8]

    /// Creates a source from a function that returns random bytes.
    public init(bytes: @escaping @Sendable (_ count: Int) -> [UInt8]) {
        self.bytes = bytes
    }

    /// The operating system's cryptographically secure generator.
    public static let system = RandomSource { count in
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// Returns random bytes in hexadecimal, two digits each.
    package func hex(bytes count: Int) -> String { bytes(count).hexadecimal }

    /// Returns a random number in `0..<1`.
    package func fraction() -> Double {
        let value = bytes(7).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } >> 3
        return Double(value) / Double(UInt64(1) << 53)
    }
}
