/// An emulator's URLs, client credentials and users. `tsaccounts emulator` prints them as its first line, in JSON format.
public struct EmulatorAddresses: Sendable, Equatable, Codable {
    /// A user with the credentials for the sign-in form.
    public struct User: Sendable, Equatable, Codable {
        /// The user name for the sign-in form.
        public let username: String
        /// The password for the sign-in form.
        public let password: String
        /// The `sub` claim in every token of this user.
        public let subject: String
    }

    /// The authorization endpoint, to be opened in a browser.
    public let authorizeURL: String
    /// The token endpoint.
    public let tokenURL: String
    /// The revocation endpoint.
    public let revokeURL: String
    /// The base URL of the live API; a client appends `/v3/…`.
    public let liveURL: String
    /// The base URL of the simulator API; a client appends `/v3/…`.
    public let simURL: String
    /// The base URL of v2 of the API; a client appends `/v2/…`. As at TradeStation, this is the live base URL.
    public let v2URL: String
    /// The client id of the confidential client.
    public let clientID: String
    /// The confidential client's secret.
    public let clientSecret: String
    /// The client id of the public client, which uses PKCE instead of a secret.
    public let publicClientID: String
    /// The users who can sign in.
    public let users: [User]
    /// The base URL of the control endpoints.
    public let controlURL: String

    enum CodingKeys: String, CodingKey {
        case authorizeURL = "authorize_url"
        case tokenURL = "token_url"
        case revokeURL = "revoke_url"
        case liveURL = "live_url"
        case simURL = "sim_url"
        case v2URL = "v2_url"
        case clientID = "client_id"
        case clientSecret = "client_secret"
        case publicClientID = "public_client_id"
        case users
        case controlURL = "control_url"
    }

    init(port: Int, configuration: EmulatorConfiguration, clientSecret: String) {
        let origin = "http://127.0.0.1:\(port)"
        authorizeURL = origin + "/authorize"
        tokenURL = origin + "/oauth/token"
        revokeURL = origin + "/oauth/revoke"
        liveURL = origin + "/live"
        simURL = origin + "/sim"
        v2URL = liveURL
        clientID = configuration.clientID
        self.clientSecret = clientSecret
        publicClientID = configuration.publicClientID
        users = configuration.users.map {
            User(username: $0.username, password: $0.password, subject: $0.subject)
        }
        controlURL = origin + "/control"
    }

    /// One line of JSON with sorted keys, without a newline at the end.
    public var json: String { JSONText.encode(self) }
}
