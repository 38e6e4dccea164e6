import Crypto
import Foundation

/// A valid request at the authorization endpoint (RFC 6749 section 4.1.1, RFC 7636 section 4.3).
struct AuthorizationRequest: Sendable {
    /// The refusal of a request: a page for the user if the redirect URI cannot be trusted, otherwise a redirect to the
    /// client.
    enum Refusal: Error {
        case page(String)
        case redirect(String)
    }

    static let knownScopes: Set<String> = [
        "openid", "offline_access", "profile", "email", "MarketData", "ReadAccount", "Trade", "OptionSpreads", "Matrix",
    ]
    static let audience = "https://api.tradestation.com"

    let clientID: String
    let redirectURI: String
    let state: String?
    let nonce: String?
    let prompt: String?
    let loginHint: String?
    /// The granted scopes: the requested ones that TradeStation knows. Unknown scopes are ignored.
    let scopes: [String]
    let codeChallenge: String?

    init(_ fields: FormFields, client: (String) -> Client?, redirectURIs: Set<String>) throws(Refusal) {
        guard let clientID = fields["client_id"] else { throw .page("The request names no client_id.") }
        guard !fields.repeated.contains("client_id"), let client = client(clientID) else {
            throw .page("Unknown client: \(clientID)")
        }
        guard let redirectURI = fields["redirect_uri"] else { throw .page("The request names no redirect_uri.") }
        guard !fields.repeated.contains("redirect_uri"), redirectURIs.contains(redirectURI) else {
            throw .page("Callback URL mismatch. \(redirectURI) is not in the list of allowed callback URLs.")
        }
        let state = fields.repeated.contains("state") ? nil : fields["state"]

        func refuse(_ error: String, _ description: String) -> Refusal {
            .redirect(
                Self.location(
                    redirectURI,
                    [("error", error), ("error_description", description), ("state", state)]
                )
            )
        }

        if let name = fields.repeated.min() { throw refuse("invalid_request", "Repeated parameter: \(name)") }
        guard let responseType = fields["response_type"] else {
            throw refuse("invalid_request", "Missing required parameter: response_type")
        }
        guard responseType == "code" else {
            throw refuse("unsupported_response_type", "Unsupported response type: \(responseType)")
        }
        guard let audience = fields["audience"] else {
            throw refuse("invalid_request", "Missing required parameter: audience")
        }
        guard audience == Self.audience else {
            throw refuse("access_denied", "Service not found: \(audience)")
        }
        guard let scope = fields["scope"] else {
            throw refuse("invalid_request", "Missing required parameter: scope")
        }
        let challenge = fields["code_challenge"]
        if let challenge {
            guard fields["code_challenge_method"] == "S256" else {
                throw refuse("invalid_request", "code_challenge_method must be S256")
            }
            guard challenge.wholeMatch(of: /[A-Za-z0-9_\-]{43}/) != nil else {
                throw refuse("invalid_request", "code_challenge must be 43 characters of base64url")
            }
        } else if client.secret == nil {
            throw refuse("invalid_request", "Missing required parameter: code_challenge")
        }

        self.clientID = clientID
        self.redirectURI = redirectURI
        self.state = state
        nonce = fields["nonce"]
        prompt = fields["prompt"]
        loginHint = fields["login_hint"]
        scopes = scope.split(separator: " ").map(String.init).filter(Self.knownScopes.contains)
        codeChallenge = challenge
    }

    /// The redirect URL with parameters; `state` is added unchanged.
    func location(_ parameters: [(String, String?)]) -> String {
        Self.location(redirectURI, parameters + [("state", state)])
    }

    /// Whether the verifier matches this request's challenge. A verifier for a request without a challenge is refused
    /// (RFC 9700 section 4.8.2).
    func accepts(verifier: String?) -> Bool {
        guard let codeChallenge else { return verifier == nil }
        guard let verifier, verifier.wholeMatch(of: /[A-Za-z0-9\-._~]{43,128}/) != nil else { return false }
        return Base64URL.encode(SHA256.hash(data: Data(verifier.utf8))) == codeChallenge
    }

    private static func location(_ redirectURI: String, _ parameters: [(String, String?)]) -> String {
        let query = parameters.compactMap { name, value in value.map { "\(name)=\(FormFields.encode($0))" } }
            .joined(separator: "&")
        // A URI without a path gets the path `/`, as at Auth0: `http://localhost:3000/?code=…`.
        let afterScheme = redirectURI.split(separator: "://", maxSplits: 1).last ?? ""
        let base = afterScheme.contains("/") || redirectURI.contains("?") ? redirectURI : redirectURI + "/"
        return base + (base.contains("?") ? "&" : "?") + query
    }
}
