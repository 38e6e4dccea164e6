import Crypto
import Foundation
public import TradeStationModel

/// One request to the authorization endpoint (RFC 6749 section 4.1.1), with the values that its answer is held against.
public struct AuthorizationRequest: Sendable {
    /// The audience of TradeStation's API (Auth Code Flow page); the same for live and simulator.
    public static let audience = "https://api.tradestation.com"

    /// Where the server sends the browser back to; the code exchange must name the same.
    public let redirectURI: String
    /// Comes back with the answer and proves that it belongs to this request.
    public let state: Secret
    /// The PKCE verifier (RFC 7636), where PKCE is used: 43 characters.
    public let verifier: Secret?
    /// Comes back in the ID token (OpenID Connect Core section 3.1.2.1), where one was asked for.
    public let nonce: Secret?

    private let registration: ClientRegistration
    private let scopes: [String]

    /// A request with fresh values: 192 bits of state, 256 of verifier, 128 of nonce.
    ///
    /// A public client always uses PKCE. A nonce is sent only with the `openid` scope.
    public init(registration: ClientRegistration, scopes: [String], redirectURI: String, random: RandomSource) {
        self.registration = registration
        self.scopes = scopes
        self.redirectURI = redirectURI
        state = Secret(Base64URL.encode(random.bytes(24)))
        let usesPKCE = registration.usesPKCE || registration.authentication == .none
        verifier = usesPKCE ? Secret(Base64URL.encode(random.bytes(32))) : nil
        let usesNonce = registration.usesNonce && scopes.contains("openid")
        nonce = usesNonce ? Secret(random.hex(bytes: 16)) : nil
    }

    /// The address to open in the browser.
    ///
    /// Query items that the authorization endpoint already has are kept; of parameters that would then stand
    /// twice, `audience` and `prompt` are taken from there and all others from here. `prompt=login` is sent because
    /// the sign-in host keeps a browser session and would silently return whoever signed in last.
    public var url: String {
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
