/// The ports and time limits of a sign-in in the browser.
package struct CallbackLimits: Sendable {
    /// The ports that TradeStation registers for every API key (see its Auth Code Flow page), in order of preference.
    package static let registeredPorts = [31_022, 3_001, 3_000, 8_080]

    /// The ports to try if the API key has no redirect URI.
    package var ports: [Int]
    /// Whether to listen for the browser; if not, the user pastes the redirect URL.
    package var listens: Bool
    /// The limit for the whole sign-in, in milliseconds.
    package var signInMilliseconds: Int64
    /// The limit for one browser connection, in milliseconds.
    package var connectionMilliseconds: Int64

    /// Creates limits; the defaults are TradeStation's ports, 10 minutes for the sign-in and 5 seconds per connection.
    package init(
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
