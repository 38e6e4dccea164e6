/// The registration of an API key at the sign-in server: client id, endpoints and settings.
public struct ClientRegistration: Hashable, Sendable {
    /// The client id; TradeStation calls it the API key.
    public var clientID: String
    /// How the key authenticates at the token endpoint.
    public var authentication: ClientAuthentication
    /// The page at which the user signs in.
    public var authorizeURL: EndpointURL
    /// The token endpoint, which returns tokens for authorization codes and refresh tokens.
    public var tokenURL: EndpointURL
    /// The revocation endpoint (RFC 7009); nil if the server has none.
    public var revokeURL: EndpointURL?
    /// The callback URL that is registered for the key; nil means the built-in list of localhost ports.
    public var redirectURI: String?
    /// Whether PKCE (RFC 7636) is used. Always on for a public client.
    public var usesPKCE: Bool
    /// Whether a `nonce` is sent with the `openid` scope.
    public var usesNonce: Bool
    /// The lifetimes of refresh tokens and sign-ins, for a key whose refresh tokens rotate.
    public var rotationLimits: RotationLimits

    /// Creates a registration.
    public init(
        clientID: String,
        authentication: ClientAuthentication,
        authorizeURL: EndpointURL,
        tokenURL: EndpointURL,
        revokeURL: EndpointURL?,
        redirectURI: String? = nil,
        usesPKCE: Bool = true,
        usesNonce: Bool = true,
        rotationLimits: RotationLimits = RotationLimits()
    ) {
        self.clientID = clientID
        self.authentication = authentication
        self.authorizeURL = authorizeURL
        self.tokenURL = tokenURL
        self.revokeURL = revokeURL
        self.redirectURI = redirectURI
        self.usesPKCE = usesPKCE
        self.usesNonce = usesNonce
        self.rotationLimits = rotationLimits
    }
}

extension ClientRegistration {
    /// The token endpoint of TradeStation (documentation page "Auth Code Flow").
    package static let tradeStationTokenURL = "https://signin.tradestation.com/oauth/token"

    /// Creates the registration of a key at TradeStation's own sign-in server (documentation pages "Auth Code Flow" and
    /// "Refresh Tokens").
    public static func tradeStation(
        clientID: String,
        authentication: ClientAuthentication
    ) throws(AccountsError) -> ClientRegistration {
        ClientRegistration(
            clientID: clientID,
            authentication: authentication,
            authorizeURL: try EndpointURL("https://signin.tradestation.com/authorize"),
            tokenURL: try EndpointURL(tradeStationTokenURL),
            revokeURL: try EndpointURL("https://signin.tradestation.com/oauth/revoke")
        )
    }
}

/// How an API key authenticates at the token endpoint (RFC 6749 section 2.3.1).
public enum ClientAuthentication: String, Hashable, Sendable, CaseIterable {
    /// `client_secret_post`: id and secret in the form body, as TradeStation documents it.
    case post
    /// `client_secret_basic`: id and secret in the `Authorization` header.
    case basic
    /// A public client, which uses PKCE instead of a secret.
    case none
}
