/// Where randomness comes from. A port, so that tests can bring their own.
public struct RandomSource: Sendable {
    /// Makes that many unpredictable bytes.
    public let bytes: @Sendable (_ count: Int) -> [UInt8]

    /// A source by its function.
    public init(bytes: @escaping @Sendable (_ count: Int) -> [UInt8]) {
        self.bytes = bytes
    }

    /// The operating system's generator, which is fit for cryptography.
    public static let system = RandomSource { count in
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// That many bytes as lower-case hex, two digits each.
    public func hex(bytes count: Int) -> String {
        let digits = Array("0123456789abcdef")
        return String(bytes(count).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    /// A number in `0..<1`.
    public func fraction() -> Double {
        let value = bytes(7).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } >> 3
        return Double(value) / Double(UInt64(1) << 53)
    }
}
