/// A profile to add, with its login and API key.
package struct NewProfile: Sendable {
    /// The API key of a new login.
    package enum Key: Sendable {
        /// A key that the store already has.
        case existing(APIKey.ID)
        /// A key to add; a public client has no secret.
        case new(ClientRegistration, secret: Secret?)
    }

    /// A login to add.
    package struct NewLogin: Sendable {
        /// The API key.
        package var key: Key
        /// The requested scopes, separated by spaces.
        package var scopes: String
        /// The user who signed in, as far as known.
        package var identity: Identity
        /// The first tokens; nil if no user has signed in yet.
        package var tokens: TokenSet?
        /// A refresh token that the caller provided and that has not been exchanged yet.
        package var refreshToken: Secret?

        /// Creates a login to add.
        package init(
            key: Key,
            scopes: String,
            identity: Identity,
            tokens: TokenSet?,
            refreshToken: Secret? = nil
        ) {
            self.key = key
            self.scopes = scopes
            self.identity = identity
            self.tokens = tokens
            self.refreshToken = refreshToken
        }
    }

    /// The login of the profile.
    package enum LoginSource: Sendable {
        /// A login that the store already has.
        case existing(Login.ID)
        /// A login to add.
        case new(NewLogin)
    }

    /// The name.
    package var name: ProfileName
    /// The environment that requests go to.
    package var environment: Environment
    /// The API version that requests use.
    package var apiVersion: APIVersion
    /// The origin of the API; nil means TradeStation's host for the environment.
    package var apiURL: EndpointURL?
    /// Whether requests to order endpoints are refused.
    package var isReadOnly: Bool
    /// The ids of the accounts that the profile may use; nil means all accounts.
    package var accounts: [String]?
    /// The login of the profile.
    package var login: LoginSource

    /// Creates a profile to add.
    package init(
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
