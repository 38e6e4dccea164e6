public import TradeStationModel

/// A profile for a test. All profiles of a user share one login.
public struct TestProfile: Hashable, Sendable {
    /// The profile name.
    public var name: String
    /// The environment: the emulator's live or simulator API.
    public var environment: Environment
    /// The user who signs in, one of ``EmulatorConfiguration/users``; nil means the first one.
    public var username: String?
    /// The API version.
    public var apiVersion: APIVersion
    /// Whether requests to order endpoints are refused.
    public var isReadOnly: Bool
    /// The ids of the accounts that the profile may use; nil means all accounts.
    public var accounts: [String]?

    /// Creates a profile.
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
