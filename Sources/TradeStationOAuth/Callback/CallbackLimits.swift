/// Where and how long a sign-in waits for the browser to come back.
public struct CallbackLimits: Sendable {
    /// The ports that TradeStation registers for every API key (Auth Code Flow page), in the order of trying.
    public static let registeredPorts = [31_022, 3_001, 3_000, 8_080]

    /// The ports to try when the API key names no redirect URI of its own.
    public var ports: [Int]
    /// Whether the browser can come back here at all; otherwise the address has to be pasted.
    public var listens: Bool
    /// Milliseconds for the whole sign-in.
    public var signInMilliseconds: Int64
    /// Milliseconds for one browser connection.
    public var connectionMilliseconds: Int64

    /// Limits; the defaults are TradeStation's ports, 10 minutes and 5 seconds.
    public init(
        ports: [Int] = registeredPorts,
        listens: Bool = true,
        signInMilliseconds: Int64 = 600_000,
        connectionMilliseconds: Int64 = 5_000
    ) {
        self.ports = ports
        self.listens = listens
        self.signInMilliseconds = signInMilliseconds
        self.connectionMilliseconds = connectionMilliseconds
    }
}
