/// A profile: a named combination of a login, an environment, an API version and fences (limits on what it may do).
public struct Profile: Hashable, Sendable {
    /// The id of the row in the database. It is never reused.
    public struct ID: RawRepresentable, Hashable, Sendable {
        /// The row id.
        public let rawValue: Int64
        /// Creates an id from a row id.
        public init(rawValue: Int64) { self.rawValue = rawValue }
    }

    /// The id of the row in the database.
    public let id: ID
    /// The name.
    public var name: ProfileName
    /// The login whose tokens the profile uses.
    public var loginID: Login.ID
    /// The environment that requests go to.
    public var environment: Environment
    /// The API version that requests use.
    public var apiVersion: APIVersion
    /// The origin of the API; nil means TradeStation's host for the environment.
    public var apiURL: EndpointURL?
    /// Whether requests to order endpoints are refused.
    public var isReadOnly: Bool
    /// The ids of the accounts that the profile may use; nil means all accounts.
    public var accounts: [String]?
    /// When the profile was added.
    public var createdAt: Timestamp

    /// Creates a profile from its row.
    package init(
        id: ID,
        name: ProfileName,
        loginID: Login.ID,
        environment: Environment,
        apiVersion: APIVersion,
        apiURL: EndpointURL?,
        isReadOnly: Bool,
        accounts: [String]?,
        createdAt: Timestamp
    ) {
        self.id = id
        self.name = name
        self.loginID = loginID
        self.environment = environment
        self.apiVersion = apiVersion
        self.apiURL = apiURL
        self.isReadOnly = isReadOnly
        self.accounts = accounts
        self.createdAt = createdAt
    }

    /// The origin of the API, to which `/v3` or `/v2` is appended.
    public var apiOrigin: String {
        var text = apiURL?.text ?? environment.defaultAPIURL
        while text.hasSuffix("/") { text.removeLast() }
        return text
    }
}
