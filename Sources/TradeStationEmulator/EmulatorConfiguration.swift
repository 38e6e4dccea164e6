public import Foundation

/// How an emulator is started. Every member has a default, so `EmulatorConfiguration()` is a working sign-in server.
public struct EmulatorConfiguration: Sendable {
    /// The loopback port to listen on; 0 lets the system choose a free one.
    public var port: Int
    /// What can also be changed while the emulator runs: lifetimes, rotation, accepted client authentication.
    public var settings: EmulatorSettings
    /// Redirect URIs registered beside ``defaultRedirectURIs``, compared character by character.
    public var additionalRedirectURIs: [String]
    /// Client id of the confidential client (an API key with a secret).
    public var clientID: String
    /// Secret of the confidential client; nil makes a random one for each run.
    public var clientSecret: String?
    /// Client id of the public client, which has no secret and must use PKCE.
    public var publicClientID: String
    /// Who can sign in.
    public var users: [EmulatorUser]
    /// The issuer in every token. TradeStation's ends in a slash.
    public var issuer: String
    /// The emulator's clock, before anything ``Emulator/advance(bySeconds:)`` adds to it.
    public var now: @Sendable () -> Date
    /// A source of unpredictable bytes, asked for a count.
    public var randomBytes: @Sendable (Int) -> [UInt8]

    /// Describes an emulator; the arguments that the command line has are repeated here for convenience.
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
        self.users = users
        self.issuer = issuer
        self.now = now
        self.randomBytes = randomBytes
    }

    /// The callbacks every TradeStation key has (TradeStation, "Auth Code Flow").
    public static let defaultRedirectURIs = [
        "http://localhost",
        "http://localhost:80",
        "http://localhost:3000",
        "http://localhost:3001",
        "http://localhost:8080",
        "http://localhost:31022",
    ]

    /// Bytes from the operating system.
    public static let systemRandomBytes: @Sendable (Int) -> [UInt8] = { count in
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}
