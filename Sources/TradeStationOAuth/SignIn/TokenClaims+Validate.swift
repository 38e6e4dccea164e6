package import TradeStationModel

extension TokenClaims {
    /// The maximum difference between this computer's clock and the server's, in seconds.
    private static let clockTolerance: Int64 = 300

    /// Checks the ID token of a sign-in (OpenID Connect Core section 3.1.3.7).
    ///
    /// - Parameters:
    ///   - idToken: The ID token; nil passes the check.
    ///   - clientID: The client id of the API key.
    ///   - nonce: The nonce of the authorization request, if one was sent.
    ///   - issuer: The `iss` parameter of the redirect (RFC 9207), if it had one.
    ///   - now: The current time.
    /// - Throws: ``AccountsError`` `login_denied`; its reason names the claim that failed.
    package static func validate(
        idToken: Secret?,
        clientID: String,
        nonce: Secret?,
        issuer: String?,
        now: Timestamp
    ) throws(AccountsError) {
        guard let idToken else { return }
        guard let claims = TokenClaims(idToken) else { throw refused("It is not a readable JWT.") }
        guard claims.audience.contains(clientID) else { throw refused("It was issued for another API key (aud).") }
        guard claims.authorizedParty == nil || claims.authorizedParty == clientID else {
            throw refused("It was issued to another API key (azp).")
        }
        if let nonce {
            guard claims.nonce == nonce else { throw refused("It belongs to another sign-in (nonce).") }
        }
        guard let expiry = claims.expiresAt else { throw refused("It has no expiry time (exp).") }
        guard expiry >= now.milliseconds / 1_000 - clockTolerance else {
            throw refused("It has expired (exp), or this computer's clock is wrong.")
        }
        if let issuer, let claimed = claims.issuer, issuer != claimed {
            throw refused("Its issuer differs from the server that sent the redirect (iss).")
        }
    }

    private static func refused(_ reason: String) -> AccountsError {
        AccountsError(
            .loginDenied,
            "The sign-in server's ID token does not match this sign-in.",
            reason: reason,
            suggestion: "run the same command again"
        )
    }
}
