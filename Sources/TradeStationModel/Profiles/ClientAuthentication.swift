/// How an API key proves itself at the token endpoint (RFC 6749 section 2.3.1).
public enum ClientAuthentication: String, Hashable, Sendable, CaseIterable {
    /// `client_secret_post`: id and secret in the form body, as TradeStation documents it.
    case post
    /// `client_secret_basic`: id and secret in the `Authorization` header.
    case basic
    /// A public client: no secret, PKCE instead.
    case none
}
