/// A user of the emulator, with brokerage accounts.
public struct EmulatorUser: Sendable, Equatable {
    /// The user name for the sign-in form; also the claim `http://tradestation.com/username`.
    public var username: String
    /// The password for the sign-in form. It is not secret: the emulator prints it.
    public var password: String
    /// The permanent identifier; the `sub` claim in every token.
    public var subject: String
    /// The account ids on the live base URL: only digits.
    public var liveAccounts: [String]
    /// The account ids on the simulator base URL: `SIM…M` for margin, `SIM…F` for futures.
    public var simAccounts: [String]

    /// Creates a user.
    public init(
        username: String,
        password: String,
        subject: String,
        liveAccounts: [String],
        simAccounts: [String]
    ) {
        self.username = username
        self.password = password
        self.subject = subject
        self.liveAccounts = liveAccounts
        self.simAccounts = simAccounts
    }

    /// The two users of a default configuration.
    public static let defaults = [
        EmulatorUser(
            username: "alice",
            password: "alice-password",
            subject: "auth0|emulated-alice",
            liveAccounts: ["11000001", "11000002"],
            simAccounts: ["SIM1100001M", "SIM1100001F"]
        ),
        EmulatorUser(
            username: "bob",
            password: "bob-password",
            subject: "auth0|emulated-bob",
            liveAccounts: ["22000001"],
            simAccounts: ["SIM2200001M", "SIM2200001F"]
        ),
    ]
}
