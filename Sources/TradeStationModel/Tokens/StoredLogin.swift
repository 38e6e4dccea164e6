/// Everything the refresh transaction needs to know about a login, read at once.
package struct StoredLogin: Sendable {
    /// The login.
    package var login: Login
    /// Its API key.
    package var apiKey: APIKey
    /// The key's secret, if it has one.
    package var clientSecret: Secret?
    /// The current tokens; nil before the first sign-in and after a logout.
    package var tokens: TokenSet?
    /// The refresh token, also where there is no access token yet.
    package var refreshToken: Secret?
    /// A side file that belongs to the stored generation and is not in the database.
    package var staged: StagedTokens?
    /// A kept answer that came too late, as a commit on the stored generation. It is read only while the login needs a
    /// new sign-in, when it may be the only living token.
    package var lateResult: StagedTokens?
    /// The profiles on it, by the names they have now.
    package var profiles: [Profile.ID: ProfileName]
    /// The login's change stamp from before the database was read. While the counters still show it, this is what the
    /// store holds.
    package var stamp: ChangeStamp

    /// A login with its secrets.
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
