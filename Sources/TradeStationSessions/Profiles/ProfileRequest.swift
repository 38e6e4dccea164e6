public import TradeStationModel

/// A request to add a profile.
public struct ProfileRequest: Sendable {
    /// The API key of a new login. A nil property keeps the value of a stored key, or means TradeStation's default.
    public struct KeyRequest: Sendable {
        /// The client id; TradeStation calls it the API key.
        public var clientID: String
        /// The client secret of a confidential client.
        public var secret: Secret?
        /// An existing refresh token to use instead of a sign-in.
        public var refreshToken: Secret?
        /// The scopes to request.
        public var scopes: [String] = ProfileRequest.defaultScopes
        /// The registered callback.
        public var redirectURI: String?
        /// Whether PKCE is used.
        public var usesPKCE: Bool?
        /// Whether a nonce is sent.
        public var usesNonce: Bool?
        /// How the client authenticates.
        public var authentication: ClientAuthentication?
        /// The lifetime of a rotating key's unused refresh token, in seconds; 0 means unlimited.
        public var idleSeconds: Int?
        /// The lifetime of a rotating key's sign-in, in seconds; 0 means unlimited.
        public var absoluteSeconds: Int?
        /// The authorization endpoint.
        public var authorizeURL: EndpointURL?
        /// The token endpoint.
        public var tokenURL: EndpointURL?
        /// The revocation endpoint.
        public var revokeURL: EndpointURL?

        /// Creates a request for the key with a client id.
        public init(clientID: String) {
            self.clientID = clientID
        }
    }

    /// Where the login comes from.
    public enum Source: Sendable {
        /// The login of another profile.
        case sameLogin(as: ProfileName)
        /// A new login with this key.
        case key(KeyRequest)
    }

    /// The scopes that are requested by default: identity, a refresh token, and TradeStation's default API scopes.
    public static let defaultScopes = ["openid", "profile", "offline_access", "MarketData", "ReadAccount", "Trade"]

    /// The name of the profile.
    public var name: ProfileName
    /// The environment: real accounts or the simulator.
    public var environment: Environment
    /// The API version that requests use.
    public var apiVersion: APIVersion
    /// The origin of the API; nil means TradeStation's.
    public var apiURL: EndpointURL?
    /// Whether requests to order endpoints are refused.
    public var isReadOnly: Bool
    /// The ids of the accounts that the profile may use; nil means all accounts.
    public var accounts: [String]?
    /// Where the login comes from.
    public var source: Source
    /// Whether to sign in now. Otherwise the profile is stored unverified.
    public var signsIn: Bool

    /// Creates a request to add a profile.
    public init(
        name: ProfileName,
        environment: Environment,
        apiVersion: APIVersion = .v3,
        apiURL: EndpointURL? = nil,
        isReadOnly: Bool = false,
        accounts: [String]? = nil,
        source: Source,
        signsIn: Bool = true
    ) {
        self.name = name
        self.environment = environment
        self.apiVersion = apiVersion
        self.apiURL = apiURL
        self.isReadOnly = isReadOnly
        self.accounts = accounts
        self.source = source
        self.signsIn = signsIn
    }
}

extension ProfileRequest.KeyRequest {
    /// The registration of a key that the store does not know yet.
    ///
    /// - Throws: ``AccountsError`` `usage`, `input_required`.
    func registration() throws(AccountsError) -> ClientRegistration {
        guard !clientID.isEmpty, clientID.utf8.count <= 255, clientID.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw AccountsError(
                .usage,
                "The client ID is not valid.",
                suggestion: "use --client-id with the API key exactly as TradeStation shows it"
            )
        }
        guard (authorizeURL == nil) == (tokenURL == nil) else {
            throw AccountsError(
                .usage,
                "The authorization and token endpoints can only be changed together.",
                reason: "Otherwise, the authorization code of one server would be sent to another.",
                suggestion: "use both --authorize-url and --token-url"
            )
        }
        let authentication = authentication ?? (secret == nil ? .none : .post)
        guard (authentication == .none) == (secret == nil) else {
            throw authentication == .none
                ? AccountsError(.usage, "A public client has no secret.", suggestion: "leave out --client-auth none")
                : AccountsError(
                    .inputRequired,
                    "This client authentication method requires a client secret.",
                    suggestion: "use --secret-file FILE, or --secret-file - to read it from standard input"
                )
        }
        guard usesPKCE ?? true || authentication != .none else {
            throw AccountsError(
                .usage,
                "A public client needs PKCE (RFC 9700 section 2.1.1).",
                suggestion: "leave out --pkce off"
            )
        }
        if let redirectURI { _ = try EndpointURL(redirectURI) }
        var registration = try ClientRegistration.tradeStation(clientID: clientID, authentication: authentication)
        if let authorizeURL, let tokenURL {
            registration.authorizeURL = authorizeURL
            registration.tokenURL = tokenURL
            registration.revokeURL = nil
        }
        registration.revokeURL = revokeURL ?? registration.revokeURL
        registration.redirectURI = redirectURI
        registration.usesPKCE = usesPKCE ?? true
        registration.usesNonce = usesNonce ?? true
        registration.rotationLimits = try registration.rotationLimits.changed(
            idleSeconds: idleSeconds,
            absoluteSeconds: absoluteSeconds
        )
        return registration
    }

    /// Throws if a given setting differs from that of the stored key.
    ///
    /// - Throws: ``AccountsError`` `usage`.
    func requireAgreement(with key: APIKey, storedSecret: Secret?) throws(AccountsError) {
        let known = key.registration
        if let secret, secret != storedSecret {
            throw AccountsError(
                .usage,
                "This API key is already known, with another secret.",
                suggestion: "tsaccounts set NAME --secret-file FILE   # with a profile of that key"
            )
        }
        let differs =
            authorizeURL.map { $0 != known.authorizeURL } ?? false
            || revokeURL.map { $0 != known.revokeURL } ?? false
            || redirectURI.map { $0 != known.redirectURI } ?? false
            || usesPKCE.map { $0 != known.usesPKCE } ?? false
            || usesNonce.map { $0 != known.usesNonce } ?? false
            || authentication.map { $0 != known.authentication } ?? false
            || idleSeconds.map { $0 != known.rotationLimits.idleSeconds } ?? false
            || absoluteSeconds.map { $0 != known.rotationLimits.absoluteSeconds } ?? false
        guard !differs else {
            throw AccountsError(
                .usage,
                "This API key is already known, with other settings.",
                reason: "Endpoints, callback, PKCE, nonce, client authentication and lifetimes belong to the key.",
                suggestion: "leave those options out, or run tsaccounts set with the name of a profile of that key"
            )
        }
    }
}
