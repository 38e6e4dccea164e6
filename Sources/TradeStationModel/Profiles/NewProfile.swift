/// A profile that is to be added, with the login and API key it stands on.
package struct NewProfile: Sendable {
    /// The key of a new login.
    package enum Key: Sendable {
        /// A key the store already has.
        case existing(APIKey.ID)
        /// A key to add, with its secret if it is confidential.
        case new(ClientRegistration, secret: Secret?)
    }

    /// A login to add.
    package struct NewLogin: Sendable {
        /// The key it belongs to.
        package var key: Key
        /// The scopes asked for, separated by spaces.
        package var scopes: String
        /// Who signed in, as far as known.
        package var identity: Identity
        /// The first tokens; nil for a login without a sign-in yet.
        package var tokens: TokenSet?
        /// A refresh token that was handed in and not exchanged yet.
        package var refreshToken: Secret?

        /// A login to add.
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

    /// Where the login comes from.
    package enum LoginSource: Sendable {
        /// A login the store already has.
        case existing(Login.ID)
        /// A login to add.
        case new(NewLogin)
    }

    /// Its name.
    package var name: ProfileName
    /// Real money or the simulator.
    package var environment: Environment
    /// The API version it speaks.
    package var apiVersion: APIVersion
    /// The origin of the API; nil means TradeStation's.
    package var apiURL: EndpointURL?
    /// Whether order endpoints are fenced off.
    package var isReadOnly: Bool
    /// The account ids it is fenced to; nil means all.
    package var accounts: [String]?
    /// Where the login comes from.
    package var login: LoginSource

    /// A profile to add.
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
