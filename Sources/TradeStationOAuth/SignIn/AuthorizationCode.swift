package import TradeStationModel

/// The authorization code of a sign-in, with the values that the code exchange and its checks need.
package struct AuthorizationCode: Sendable {
    /// The code; it can be exchanged only once.
    package let code: Secret
    /// The PKCE verifier, if PKCE was used.
    package let verifier: Secret?
    /// The redirect URI of the authorization request; the exchange must repeat it.
    package let redirectURI: String
    /// The nonce that the ID token must contain, if one was sent.
    package let nonce: Secret?
    /// The `iss` parameter of the redirect (RFC 9207), to be compared with the ID token's.
    package let issuer: String?
}
