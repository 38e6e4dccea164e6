import Crypto
import Foundation

/// Creates tokens like TradeStation's: signed JWTs with the same claims. They are signed with ES256 instead of RS256,
/// with a new key for each run.
struct JSONWebTokens: Sendable {
    private struct Header: Encodable {
        let alg = "ES256"
        let typ = "JWT"
        let kid = "emulator"
    }

    private struct AccessClaims: Encodable {
        let username: String
        let iss: String
        let sub: String
        let aud: [String]
        let azp: String
        let scope: String
        let iat: Int
        let exp: Int
        let jti: String

        enum CodingKeys: String, CodingKey {
            case username = "http://tradestation.com/username"
            case iss, sub, aud, azp, scope, iat, exp, jti
        }
    }

    private struct IdentityClaims: Encodable {
        let iss: String
        let sub: String
        let aud: String
        let iat: Int
        let exp: Int
        let nonce: String?
        let atHash: String
        var name: String?
        var nickname: String?
        var email: String?
        var emailVerified: Bool?

        enum CodingKeys: String, CodingKey {
            case iss, sub, aud, iat, exp, nonce, name, nickname, email
            case atHash = "at_hash"
            case emailVerified = "email_verified"
        }
    }

    let issuer: String
    private let key = P256.Signing.PrivateKey()

    init(issuer: String) {
        self.issuer = issuer
    }

    func accessToken(for user: EmulatorUser, clientID: String, scope: String, seconds: Int, context: DecisionContext)
        -> String
    {
        let issued = Int(context.now.timeIntervalSince1970)
        return sign(
            AccessClaims(
                username: user.username,
                iss: issuer,
                sub: user.subject,
                aud: [AuthorizationRequest.audience, issuer + "userinfo"],
                azp: clientID,
                scope: scope,
                iat: issued,
                exp: issued + seconds,
                jti: context.secret(12)
            )
        )
    }

    func identityToken(
        for user: EmulatorUser,
        clientID: String,
        scopes: [String],
        nonce: String?,
        accessToken: String,
        context: DecisionContext
    ) -> String {
        let issued = Int(context.now.timeIntervalSince1970)
        var claims = IdentityClaims(
            iss: issuer,
            sub: user.subject,
            aud: clientID,
            iat: issued,
            exp: issued + 36000,
            nonce: nonce,
            // The left half of the hash (OpenID Connect Core 1.0 section 3.1.3.6).
            atHash: Base64URL.encode(SHA256.hash(data: Data(accessToken.utf8)).prefix(16))
        )
        if scopes.contains("profile") {
            claims.name = user.username
            claims.nickname = user.username
        }
        if scopes.contains("email") {
            claims.email = "\(user.username)@example.com"
            claims.emailVerified = true
        }
        return sign(claims)
    }

    private func sign(_ claims: some Encodable) -> String {
        let content = [JSONText.encode(Header()), JSONText.encode(claims)]
            .map { Base64URL.encode($0.utf8) }
            .joined(separator: ".")
        // Signing with a valid key does not fail. If it did, the token would have no signature, and clients would
        // refuse it.
        let signature = (try? key.signature(for: Data(content.utf8)))?.rawRepresentation ?? Data()
        return content + "." + Base64URL.encode(signature)
    }
}
