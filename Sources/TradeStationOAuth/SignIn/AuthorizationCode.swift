public import TradeStationModel

/// What a finished sign-in in the browser brought: everything that the code exchange and its checks need.
public struct AuthorizationCode: Sendable {
    /// The code; it works once.
    public let code: Secret
    /// The PKCE verifier, where PKCE was used.
    public let verifier: Secret?
    /// The redirect URI that was sent; the exchange must repeat it.
    public let redirectURI: String
    /// The nonce that the ID token must carry, where one was sent.
    public let nonce: Secret?
    /// The `iss` of the redirect (RFC 9207), to be compared with the ID token's.
    public let issuer: String?

    /// The result of a sign-in.
    public init(code: Secret, verifier: Secret?, redirectURI: String, nonce: Secret?, issuer: String?) {
        self.code = code
        self.verifier = verifier
        self.redirectURI = redirectURI
        self.nonce = nonce
        self.issuer = issuer
    }
}
