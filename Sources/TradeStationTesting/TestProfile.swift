public import TradeStationModel

/// A profile as a test wants it. All profiles of one user are on one login, as a person would set them up.
public struct TestProfile: Hashable, Sendable {
    /// The name by which a session is asked for.
    public var name: String
    /// Real money or the simulator, both of the emulator.
    public var environment: Environment
    /// Who signs in: one of ``EmulatorConfiguration/users``; nil means the first of them.
    public var username: String?
    /// The API version it speaks.
    public var apiVersion: APIVersion
    /// Whether order endpoints are fenced off.
    public var isReadOnly: Bool
    /// The account ids it is fenced to; nil means all.
    public var accounts: [String]?

    /// A profile by its name.
    public init(
        _ name: String,
        _ environment: Environment,
        user username: String? = nil,
        apiVersion: APIVersion = .v3,
        isReadOnly: Bool = false,
        accounts: [String]? = nil
    ) {
        self.name = name
        self.environment = environment
        self.username = username
        self.apiVersion = apiVersion
        self.isReadOnly = isReadOnly
        self.accounts = accounts
    }

    /// A live profile named `live`.
    public static let live = TestProfile("live", .live)

    /// A simulator profile named `sim`.
    public static let sim = TestProfile("sim", .sim)
}
