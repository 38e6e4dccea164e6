public import Foundation

/// The configuration of an emulator. Every member has a default value.
public struct EmulatorConfiguration: Sendable {
    /// The port to listen on. If it is 0, the emulator uses the port in the state file, or a free port if there is
    /// none.
    public var port: Int
    /// The settings that can also change while the emulator runs, such as lifetimes and rotation.
    public var settings: EmulatorSettings
    /// The redirect URIs that are registered in addition to ``defaultRedirectURIs``. The redirect URI of a request must
    /// be identical to a registered one.
    public var additionalRedirectURIs: [String]
    /// The client id of the confidential client (an API key with a secret).
    public var clientID: String
    /// The secret of the confidential client; nil creates a random one for each run.
    public var clientSecret: String?
    /// The client id of the public client, which has no secret and must use PKCE.
    public var publicClientID: String
    /// The file that keeps the port, the secret, the sign-ins and their tokens over restarts; nil keeps nothing.
    public var stateFile: String?
    /// The users who can sign in.
    public var users: [EmulatorUser]
    /// The issuer in every token. TradeStation's ends with a slash.
    public var issuer: String
    /// The emulator's clock, without the time that ``Emulator/advance(bySeconds:)`` adds.
    public var now: @Sendable () -> Date
    /// Returns the given number of random bytes.
    public var randomBytes: @Sendable (Int) -> [UInt8]

    /// Creates a configuration. The settings for which `tsaccounts emulator` has an option are parameters; the others
    /// can be changed in ``settings``.
    public init(
        port: Int = 0,
        accessTokenSeconds: Int = 1200,
        rotate: Bool = false,
        overlapSeconds: Int = 0,
        idleSeconds: Int = 1800,
        absoluteSeconds: Int = 86400,
        additionalRedirectURIs: [String] = [],
        clientID: String = "EmulatedKeyWithSecret00000000001",
        clientSecret: String? = nil,
        publicClientID: String = "EmulatedKeyWithoutSecret00000001",
        stateFile: String? = nil,
        users: [EmulatorUser] = EmulatorUser.defaults,
        issuer: String = "https://signin.tradestation.com/",
        now: @escaping @Sendable () -> Date = { Date() },
        randomBytes: @escaping @Sendable (Int) -> [UInt8] = EmulatorConfiguration.systemRandomBytes
    ) {
        self.port = port
        self.settings = EmulatorSettings(
            accessTokenSeconds: accessTokenSeconds,
            rotate: rotate,
            overlapSeconds: overlapSeconds,
            idleSeconds: idleSeconds,
            absoluteSeconds: absoluteSeconds
        )
        self.additionalRedirectURIs = additionalRedirectURIs
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.publicClientID = publicClientID
        self.stateFile = stateFile
        self.users = users
        self.issuer = issuer
        self.now = now
        self.randomBytes = randomBytes
    }

    /// The redirect URIs that TradeStation registers for every API key (TradeStation, "Auth Code Flow").
    public static let defaultRedirectURIs = [
        "http://localhost",
        "http://localhost:80",
        "http://localhost:3000",
        "http://localhost:3001",
        "http://localhost:8080",
        "http://localhost:31022",
    ]

    /// Returns random bytes from the operating system.
    public static let systemRandomBytes: @Sendable (Int) -> [UInt8] = { count in
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}
