/// Where an emulator listens and who it knows: the first line that `tsaccounts emulator` prints, as JSON.
public struct EmulatorAddresses: Sendable, Equatable, Codable {
    /// A user as printed for whoever has to sign in.
    public struct User: Sendable, Equatable, Codable {
        /// What is typed into the sign-in form.
        public let username: String
        /// The password of the sign-in form.
        public let password: String
        /// `sub` in every token of this user.
        public let subject: String
    }

    /// The authorization endpoint, opened in a browser.
    public let authorizeURL: String
    /// The token endpoint.
    public let tokenURL: String
    /// The revocation endpoint.
    public let revokeURL: String
    /// The live API's origin: a client appends `/v3/…`.
    public let liveURL: String
    /// The simulator API's origin: a client appends `/v3/…`.
    public let simURL: String
    /// The origin for `/v2/…`. As at TradeStation, it is the live one.
    public let v2URL: String
    /// The confidential client.
    public let clientID: String
    /// The confidential client's secret.
    public let clientSecret: String
    /// The public client, which needs PKCE instead of a secret.
    public let publicClientID: String
    /// Who can sign in.
    public let users: [User]
    /// Where the emulator is inspected and told to misbehave.
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

    /// One line of JSON, keys in alphabetical order, without a newline at its end.
    public var json: String { JSONText.encode(self) }
}
