import TradeStationModel
import TradeStationOAuth

/// Who is signed in, as the tokens say it. What a token does not carry is nil: name and e-mail come with the scopes
/// `profile` and `email` (TradeStation, "Scopes").
public struct SessionUser: Hashable, Sendable {
    /// The stable identity: `sub` of the ID token, else of the access token.
    public let subject: String?
    /// TradeStation's user name, from its own claim in the access token; else a nickname or e-mail of the ID token.
    /// Entitlements follow it.
    public let username: String?
    /// The full name, from the ID token.
    public let name: String?
    /// The e-mail address, from the ID token.
    public let email: String?

    /// Reads the tokens; what they leave open is as it was known before.
    init(idToken: Secret?, accessToken: Secret?, known: Identity) {
        let identity = TokenClaims.identity(idToken: idToken, accessToken: accessToken)
        let claims = idToken.flatMap(TokenClaims.init)
        subject = identity.subject ?? known.subject
        username = identity.username ?? known.username
        name = claims?.name?.printable(limit: 200)
        email = claims?.email?.printable(limit: 200)
    }
}

extension Session {
    /// Who is signed in. Nothing is sent: it stands in the stored tokens.
    ///
    /// - Throws: ``AccountsError`` `profile_not_found` once the profile was removed, and those of the store.
    public var user: SessionUser {
        get async throws {
            guard let stored = try await manager.store.login(profile.login.id),
                stored.profiles[profile.profile.id] != nil
            else {
                throw AccountsError.loginGone.about(profile.profile.name)
            }
            let tokens = stored.staged?.tokens ?? stored.tokens
            return SessionUser(
                idToken: tokens?.idToken,
                accessToken: tokens?.accessToken,
                known: stored.login.identity
            )
        }
    }
}
