package import TradeStationModel

/// The claims of a JWT, read without verifying its signature.
///
/// OpenID Connect Core section 3.1.3.7 allows this for a token that was received directly from the token endpoint over
/// TLS. Do not trust claims from any other source.
package struct TokenClaims: Sendable {
    /// The user's permanent identifier.
    package let subject: String?
    /// The issuer of the token.
    package let issuer: String?
    /// The clients or APIs that the token is intended for.
    package let audience: [String]
    /// The expiry time, in seconds since 1970.
    package let expiresAt: Int64?
    /// The time at which the token was issued, in seconds since 1970.
    package let issuedAt: Int64?
    /// The nonce of the request that led to the token.
    package let nonce: Secret?
    /// The client that the token was issued to.
    package let authorizedParty: String?
    /// The user name of the TradeStation account.
    package let username: String?
    /// The user's short display name.
    package let nickname: String?
    /// The user name that the user prefers.
    package let preferredUsername: String?
    /// The user's e-mail address.
    package let email: String?
    /// The user's full name.
    package let name: String?

    /// The name of the claim that contains the user name of the TradeStation account.
    static let usernameClaim = "http://tradestation.com/username"
    private static let maximumTokenBytes = 64 * 1_024
    private static let maximumClaimBytes = 512

    /// Reads a token; returns nil unless it is a JWT with a JSON object as payload.
    ///
    /// Claims of a wrong type are treated as absent.
    package init?(_ token: Secret) {
        let segments = token.exposed.split(separator: ".", omittingEmptySubsequences: false)
        guard token.exposed.utf8.count <= Self.maximumTokenBytes, segments.count == 3,
            let payload = Base64URL.decode(segments[1])
        else { return nil }
        let json = JSONMembers(payload)
        guard json.isComplete else { return nil }
        func text(_ claim: String) -> String? {
            json.string(claim).flatMap { $0.isEmpty || $0.utf8.count > Self.maximumClaimBytes ? nil : $0 }
        }
        subject = text("sub")
        issuer = text("iss")
        audience = json.strings("aud") ?? []
        expiresAt = json.number("exp").flatMap { Int64(exactly: $0.rounded(.down)) }
        issuedAt = json.number("iat").flatMap { Int64(exactly: $0.rounded(.down)) }
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
    /// The identity of the user who signed in.
    ///
    /// The subject is the ID token's `sub`, else the access token's. The user name is that of the TradeStation account
    /// from the access token, else from the ID token, else the ID token's nickname, preferred user name or e-mail
    /// address.
    package static func identity(idToken: Secret?, accessToken: Secret?) -> Identity {
        let id = idToken.flatMap(TokenClaims.init)
        let access = accessToken.flatMap(TokenClaims.init)
        let label = access?.username ?? id?.username ?? id?.nickname ?? id?.preferredUsername ?? id?.email
        return Identity(
            subject: (id?.subject ?? access?.subject)?.printable(limit: maximumClaimBytes),
            username: label?.printable(limit: 128)
        )
    }
}
