import Crypto
import Foundation
import TradeStationModel

/// A request to the authorization endpoint (RFC 6749 section 4.1.1), with the values that validate its response.
struct AuthorizationRequest: Sendable {
    /// The audience of TradeStation's API (see its Auth Code Flow page); live and simulator use the same one.
    static let audience = "https://api.tradestation.com"

    /// The URI that the server redirects the browser to; the code exchange must repeat it.
    let redirectURI: String
    /// A random value that the response must repeat; it proves that the response belongs to this request.
    let state: Secret
    /// The PKCE verifier (RFC 7636) of 43 characters, if PKCE is used.
    let verifier: Secret?
    /// The nonce that the ID token must contain (OpenID Connect Core section 3.1.2.1), if one is sent.
    let nonce: Secret?

    private let registration: ClientRegistration
    private let scopes: [String]

    /// Creates a request with new random values: 192 bits of state, 256 of verifier, 128 of nonce.
    ///
    /// A public client always uses PKCE. A nonce is sent only with the `openid` scope.
    init(registration: ClientRegistration, scopes: [String], redirectURI: String, random: RandomSource) {
        self.registration = registration
        self.scopes = scopes
        self.redirectURI = redirectURI
        state = Secret(Base64URL.encode(random.bytes(24)))
        let usesPKCE = registration.usesPKCE || registration.authentication == .none
        verifier = usesPKCE ? Secret(Base64URL.encode(random.bytes(32))) : nil
        let usesNonce = registration.usesNonce && scopes.contains("openid")
        nonce = usesNonce ? Secret(random.hex(bytes: 16)) : nil
    }

    /// The URL to open in the browser.
    ///
    /// Query items of the authorization endpoint's URL are kept, unless a parameter would then occur twice. In that
    /// case, `audience` and `prompt` are taken from the endpoint's URL, and all other parameters from this request.
    /// This request contains `prompt=login`, because the sign-in host keeps a browser session and would otherwise sign
    /// in the last user again without asking.
    var url: String {
        var items = [
            ("response_type", "code"), ("client_id", registration.clientID), ("audience", Self.audience),
            ("redirect_uri", redirectURI), ("scope", scopes.joined(separator: " ")), ("state", state.exposed),
            ("prompt", "login"),
        ]
        if let verifier {
            items.append(("code_challenge", Base64URL.encode(SHA256.hash(data: Data(verifier.exposed.utf8)))))
            items.append(("code_challenge_method", "S256"))
        }
        if let nonce { items.append(("nonce", nonce.exposed)) }

        let endpoint = registration.authorizeURL.text.split(
            separator: "?",
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        let present = endpoint.count < 2 ? [] : endpoint[1].split(separator: "&").map(String.init)
        func name(_ item: String) -> String {
            let raw = item.prefix { $0 != "=" }
            return FormEncoding.decode(raw) ?? String(raw)
        }
        items.removeAll { item in ["audience", "prompt"].contains(item.0) && present.contains { name($0) == item.0 } }
        let kept = present.filter { item in !items.contains { $0.0 == name(item) } }
        let added = items.map { "\($0.0)=\(FormEncoding.encodeQuery($0.1))" }
        return "\(endpoint[0])?\((kept + added).joined(separator: "&"))"
    }
}
