/// Everything the refresh transaction needs to know about a login, read at once.
public struct StoredLogin: Sendable {
    /// The login.
    public var login: Login
    /// Its API key.
    public var apiKey: APIKey
    /// The key's secret, if it has one.
    public var clientSecret: Secret?
    /// The current tokens; nil before the first sign-in and after a logout.
    public var tokens: TokenSet?
    /// The refresh token, also where there is no access token yet.
    public var refreshToken: Secret?
    /// A side file that belongs to the stored generation and is not in the database.
    public var staged: StagedTokens?
    /// The profiles on it, by the names they have now.
    public var profiles: [Profile.ID: ProfileName]

    /// A login with its secrets.
    public init(
        login: Login,
        apiKey: APIKey,
        clientSecret: Secret?,
        tokens: TokenSet?,
        refreshToken: Secret?,
        staged: StagedTokens?,
        profiles: [Profile.ID: ProfileName] = [:]
    ) {
        self.login = login
        self.apiKey = apiKey
        self.clientSecret = clientSecret
        self.tokens = tokens
        self.refreshToken = refreshToken
        self.staged = staged
        self.profiles = profiles
    }
}
