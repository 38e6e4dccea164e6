/// The name people use: a login plus an environment, an API version and its fences.
public struct Profile: Hashable, Sendable {
    /// The row it is kept in. Never reused.
    public struct ID: RawRepresentable, Hashable, Sendable {
        /// The row id.
        public let rawValue: Int64
        /// An id by its row id.
        public init(rawValue: Int64) { self.rawValue = rawValue }
    }

    /// The row it is kept in.
    public let id: ID
    /// Its name.
    public var name: ProfileName
    /// The login whose tokens it uses.
    public var loginID: Login.ID
    /// Real money or the simulator.
    public var environment: Environment
    /// The API version it speaks.
    public var apiVersion: APIVersion
    /// The origin of the API; nil means TradeStation's host for the environment.
    public var apiURL: EndpointURL?
    /// Whether order endpoints are fenced off.
    public var isReadOnly: Bool
    /// The account ids it is fenced to; nil means all.
    public var accounts: [String]?
    /// When it was added.
    public var createdAt: Timestamp

    /// A profile as it stands in the store.
    public init(
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

    /// The origin to which `/v3` or `/v2` is appended.
    public var apiOrigin: String {
        var text = apiURL?.text ?? environment.defaultAPIURL
        while text.hasSuffix("/") { text.removeLast() }
        return text
    }
}
