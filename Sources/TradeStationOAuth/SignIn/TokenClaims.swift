public import TradeStationModel

/// The claims of a token that is a JWT, read without checking its signature.
///
/// OpenID Connect Core section 3.1.3.7 allows that for a token that came straight from the token endpoint over TLS.
/// Claims from anywhere else must not be believed.
public struct TokenClaims: Sendable {
    /// The stable identity of the user.
    public let subject: String?
    /// Who issued the token.
    public let issuer: String?
    /// Whom the token is for.
    public let audience: [String]
    /// When the token ends, in seconds since 1970.
    public let expiresAt: Int64?
    /// The nonce of the request that led to the token.
    public let nonce: Secret?
    /// The client that the token was issued to.
    public let authorizedParty: String?
    /// TradeStation's user name.
    public let username: String?
    /// A short name for people.
    public let nickname: String?
    /// The name that the user wants to be known by.
    public let preferredUsername: String?
    /// An e-mail address.
    public let email: String?
    /// A full name.
    public let name: String?

    /// The claim in which TradeStation puts the user name.
    public static let usernameClaim = "http://tradestation.com/username"
    private static let longestToken = 64 * 1_024
    private static let longestClaim = 512

    /// Reads a token; nil when it is not a JWT with a JSON object as payload. Claims of a wrong type count as absent.
    public init?(_ token: Secret) {
        let segments = token.exposed.split(separator: ".", omittingEmptySubsequences: false)
        guard token.exposed.utf8.count <= Self.longestToken, segments.count == 3,
            let payload = Base64URL.decode(segments[1])
        else { return nil }
        let json = JSONMembers(payload)
        guard json.isComplete else { return nil }
        func text(_ claim: String) -> String? {
            json.string(claim).flatMap { $0.isEmpty || $0.utf8.count > Self.longestClaim ? nil : $0 }
        }
        subject = text("sub")
        issuer = text("iss")
        audience = json.strings("aud") ?? []
        expiresAt = json.number("exp").flatMap { Int64(exactly: $0.rounded(.down)) }
        nonce = text("nonce").map(Secret.init)
        authorizedParty = text("azp")
        username = text(Self.usernameClaim)
        nickname = text("nickname")
        preferredUsername = text("preferred_username")
        email = text("email")
        name = text("name")
    }
}

extension TokenClaims {
    /// Who signed in.
    ///
    /// `sub` comes from the ID token, else from the access token; the label is TradeStation's user name from the
    /// access token, else from the ID token, else the ID token's nickname, preferred user name or e-mail.
    public static func identity(idToken: Secret?, accessToken: Secret?) -> Identity {
        let id = idToken.flatMap(TokenClaims.init)
        let access = accessToken.flatMap(TokenClaims.init)
        let label = access?.username ?? id?.username ?? id?.nickname ?? id?.preferredUsername ?? id?.email
        return Identity(
            subject: (id?.subject ?? access?.subject)?.printable(limit: longestClaim),
            username: label?.printable(limit: 128)
        )
    }
}
