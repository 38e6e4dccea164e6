import Crypto
import Foundation
package import TradeStationModel

/// Issues the tokens that programs get instead of real ones.
///
/// They are JSON Web Tokens (RFC 7519), because some programs read the expiry from them. They are signed with a key that
/// is random in each run and never leaves it: no server accepts them, and a request past the proxy gets a 401.
package struct HandleIssuer: Sendable {
    /// The issuer in every handle.
    static let issuer = "tsaccounts"

    private let key: SymmetricKey
    private let random: RandomSource

    package init(_ random: RandomSource = .system) {
        key = SymmetricKey(data: random.bytes(32))
        self.random = random
    }

    /// A handle: it stands for the access token of a profile, and says when that expires.
    package func handle(for profile: ProfileName, from issuedAt: Timestamp, until expiresAt: Timestamp) -> Secret {
        struct Claims: Encodable {
            let iss = HandleIssuer.issuer
            let aud = HandleIssuer.issuer
            let sub: String
            let iat: Int64
            let exp: Int64
            let jti: String
        }
        let claims = Claims(
            sub: profile.text,
            iat: issuedAt.wholeSeconds,
            exp: expiresAt.wholeSeconds,
            jti: random.hex(bytes: 8)
        )
        return Secret(token(claims))
    }

    /// An ID token (OpenID Connect Core section 2) with what the profile's sign-in says about its user.
    package func idToken(
        of record: ProfileRecord,
        for clientID: String,
        from issuedAt: Timestamp,
        until expiresAt: Timestamp
    ) -> Secret {
        struct Claims: Encodable {
            let iss: String
            let aud: String
            let sub: String
            let iat: Int64
            let exp: Int64
            let nickname: String?
        }
        let claims = Claims(
            iss: record.apiKey.registration.tokenURL.origin + "/",
            aud: clientID,
            sub: record.login.identity.subject ?? record.name.text,
            iat: issuedAt.wholeSeconds,
            exp: expiresAt.wholeSeconds,
            nickname: record.login.identity.username
        )
        return Secret(token(claims))
    }

    /// A token that is signed with HMAC SHA-256 (RFC 7515, RFC 7518 section 3.2).
    private func token(_ claims: some Encodable) -> String {
        let text =
            Base64URL.encode(Data(#"{"alg":"HS256","typ":"JWT"}"#.utf8)) + "."
            + Base64URL.encode(JSONBody(claims).bytes)
        let signature = HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key)
        return text + "." + Base64URL.encode(signature)
    }
}

extension Timestamp {
    fileprivate var wholeSeconds: Int64 { milliseconds / 1000 }
}
