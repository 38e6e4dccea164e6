/// A profile that is to be added, with the login and API key it stands on.
public struct NewProfile: Sendable {
    /// The key of a new login.
    public enum Key: Sendable {
        /// A key the store already has.
        case existing(APIKey.ID)
        /// A key to add, with its secret if it is confidential.
        case new(ClientRegistration, secret: Secret?)
    }

    /// A login to add.
    public struct NewLogin: Sendable {
        /// The key it belongs to.
        public var key: Key
        /// The scopes asked for, separated by spaces.
        public var scopes: String
        /// Who signed in, as far as known.
        public var identity: Identity
        /// The first tokens; nil for a login without a sign-in yet.
        public var tokens: TokenSet?
        /// A refresh token that was handed in and not exchanged yet.
        public var refreshToken: Secret?
        /// What was seen of rotation.
        public var rotation: APIKey.Rotation

        /// A login to add.
        public init(
            key: Key,
            scopes: String,
            identity: Identity,
            tokens: TokenSet?,
            refreshToken: Secret? = nil,
            rotation: APIKey.Rotation = .unknown
        ) {
            self.key = key
            self.scopes = scopes
            self.identity = identity
            self.tokens = tokens
            self.refreshToken = refreshToken
            self.rotation = rotation
        }
    }

    /// Where the login comes from.
    public enum LoginSource: Sendable {
        /// A login the store already has.
        case existing(Login.ID)
        /// A login to add.
        case new(NewLogin)
    }

    /// Its name.
    public var name: ProfileName
    /// Real money or the simulator.
    public var environment: Environment
    /// The API version it speaks.
    public var apiVersion: APIVersion
    /// The origin of the API; nil means TradeStation's.
    public var apiURL: EndpointURL?
    /// Whether order endpoints are fenced off.
    public var isReadOnly: Bool
    /// The account ids it is fenced to; nil means all.
    public var accounts: [String]?
    /// Where the login comes from.
    public var login: LoginSource

    /// A profile to add.
    public init(
        name: ProfileName,
        environment: Environment,
        apiVersion: APIVersion,
        apiURL: EndpointURL?,
        isReadOnly: Bool = false,
        accounts: [String]? = nil,
        login: LoginSource
    ) {
        self.name = name
        self.environment = environment
        self.apiVersion = apiVersion
        self.apiURL = apiURL
        self.isReadOnly = isReadOnly
        self.accounts = accounts
        self.login = login
    }
}
