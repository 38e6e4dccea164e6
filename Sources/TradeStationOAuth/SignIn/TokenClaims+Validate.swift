public import TradeStationModel

extension TokenClaims {
    /// How far the two clocks may be apart, in seconds.
    private static let clockTolerance: Int64 = 300

    /// Checks the ID token of a sign-in (OpenID Connect Core section 3.1.3.7). No ID token, nothing to check.
    ///
    /// - Parameters:
    ///   - nonce: the nonce that was sent, if one was.
    ///   - issuer: the `iss` of the redirect (RFC 9207), if it had one.
    /// - Throws: ``AccountsError`` `login_denied`, naming the check that failed.
    public static func validate(
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
        guard let end = claims.expiresAt else { throw refused("It does not say when it ends (exp).") }
        guard end >= now.milliseconds / 1_000 - clockTolerance else {
            throw refused("It has ended already (exp), or this machine's clock is wrong.")
        }
        if let issuer, let own = claims.issuer, issuer != own {
            throw refused("It comes from another server than the one that answered the browser (iss).")
        }
    }

    private static func refused(_ reason: String) -> AccountsError {
        AccountsError(
            .loginDenied,
            "The sign-in server's ID token does not fit this sign-in.",
            reason: reason,
            suggestion: "the same command again"
        )
    }
}
