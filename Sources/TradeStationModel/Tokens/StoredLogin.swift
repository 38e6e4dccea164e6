/// Everything that the refresh transaction needs to know about a login, read in one transaction.
package struct StoredLogin: Sendable {
    /// The login.
    package var login: Login
    /// The API key of the login.
    package var apiKey: APIKey
    /// The secret of the key; nil for a public client.
    package var clientSecret: Secret?
    /// The current tokens; nil before the first exchange and after a logout.
    package var tokens: TokenSet?
    /// The current refresh token, also if it has not been exchanged for an access token yet.
    package var refreshToken: Secret?
    /// The answer in the login's side file, if it follows the stored generation and is not in the database yet;
    /// otherwise nil.
    package var staged: StagedTokens?
    /// An answer that came too late (a ``LateResult``), changed so that it can replace the stored tokens. Nil unless
    /// the login needs a new sign-in: in that state, its refresh token may be the only valid one.
    package var lateResult: StagedTokens?
    /// The profiles on the login, with their current names.
    package var profiles: [Profile.ID: ProfileName]
    /// The login's change stamp, taken before the database was read. While the change counters show the same stamp,
    /// these values are current.
    package var stamp: ChangeStamp

    /// Creates a login with its secrets.
    package init(
        login: Login,
        apiKey: APIKey,
        clientSecret: Secret?,
        tokens: TokenSet?,
        refreshToken: Secret?,
        staged: StagedTokens?,
        lateResult: StagedTokens? = nil,
        profiles: [Profile.ID: ProfileName] = [:],
        stamp: ChangeStamp = .unknown
    ) {
        self.login = login
        self.apiKey = apiKey
        self.clientSecret = clientSecret
        self.tokens = tokens
        self.refreshToken = refreshToken
        self.staged = staged
        self.lateResult = lateResult
        self.profiles = profiles
        self.stamp = stamp
    }
}
