/// A person who can sign in at the emulator, with the brokerage accounts that belong to them.
public struct EmulatorUser: Sendable, Equatable {
    /// What is typed into the sign-in form; also the claim `http://tradestation.com/username`.
    public var username: String
    /// The password of the sign-in form. It guards nothing: the emulator prints it.
    public var password: String
    /// The stable identity, `sub` in every token.
    public var subject: String
    /// Account ids on the live base URL: digits.
    public var liveAccounts: [String]
    /// Account ids on the simulator base URL: `SIM…M` for margin, `SIM…F` for futures.
    public var simAccounts: [String]

    /// Describes one user.
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

    /// The two users there are when nothing else is configured.
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
