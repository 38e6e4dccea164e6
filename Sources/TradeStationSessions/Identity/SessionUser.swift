import TradeStationModel
import TradeStationOAuth

/// The signed-in user, as described by the tokens.
///
/// A property is nil when no token contains it. Name and e-mail need the scopes `profile` and `email` (TradeStation's
/// documentation page "Scopes").
public struct SessionUser: Hashable, Sendable {
    /// The stable identity: `sub` of the ID token, otherwise of the access token.
    public let subject: String?
    /// TradeStation's user name, which entitlements depend on.
    ///
    /// From TradeStation's claim in the access token, otherwise the nickname or e-mail of the ID token.
    public let username: String?
    /// The full name, from the ID token.
    public let name: String?
    /// The e-mail address, from the ID token.
    public let email: String?

    /// Reads the user from the tokens. If they contain no subject or no user name, it is taken from `known`.
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
    /// The signed-in user, read from the stored tokens. Sends nothing.
    ///
    /// - Throws: ``AccountsError`` `profile_not_found` once the profile was removed, and those of the store.
    public var user: SessionUser {
        get async throws {
            guard let stored = try await services.store.login(profile.login.id),
                stored.profiles[profile.profile.id] != nil
            else {
                throw AccountsError.profileRemoved.about(profile.name)
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
