/// What was registered at the sign-in server for an API key: who it is and where it talks to.
public struct ClientRegistration: Hashable, Sendable {
    /// The client id; TradeStation calls it the API key.
    public var clientID: String
    /// How the key proves itself at the token endpoint.
    public var authentication: ClientAuthentication
    /// Where the user signs in, in the browser.
    public var authorizeURL: EndpointURL
    /// Where codes and refresh tokens are exchanged.
    public var tokenURL: EndpointURL
    /// Where tokens are revoked (RFC 7009), if anywhere.
    public var revokeURL: EndpointURL?
    /// The registered callback; nil means the built-in list of localhost ports.
    public var redirectURI: String?
    /// Whether PKCE (RFC 7636) is used. Always on for a public client.
    public var usesPKCE: Bool
    /// Whether a `nonce` is sent with the `openid` scope.
    public var usesNonce: Bool
    /// How long its refresh tokens and sign-ins live, should they rotate.
    public var rotationLimits: RotationLimits

    /// A registration; the defaults are TradeStation's sign-in server.
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
    /// TradeStation's token endpoint (Auth Code Flow page).
    public static let tradeStationTokenURL = "https://signin.tradestation.com/oauth/token"

    /// A key of TradeStation's own sign-in server (Auth Code Flow and Refresh Tokens pages).
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
