import Foundation

/// The logic and state of the emulated sign-in server: clients, users, browser sessions, codes and tokens. It performs
/// no I/O; time and randomness come from a ``DecisionContext``.
struct AuthorizationServer: Sendable {
    /// A sign-in page that was shown and whose form was not yet submitted.
    struct PendingSignIn: Sendable {
        let request: AuthorizationRequest
        let shownAt: Date
    }

    static let sessionCookie = "emulator_session"
    /// The time until a sign-in page expires.
    static let pageLifetime: TimeInterval = 3600

    var settings: EmulatorSettings
    var redirectURIs: Set<String>
    let clients: [String: Client]
    let users: [String: EmulatorUser]
    let tokens: JSONWebTokens

    var pendingSignIns: [String: PendingSignIn] = [:]
    /// The user names, keyed by session cookie.
    var browserSessions: [String: String] = [:]
    var codes: [String: AuthorizationCode] = [:]
    var families: [String: TokenFamily] = [:]
    /// The ids of the token families, keyed by refresh token.
    var refreshTokens: [String: String] = [:]
    /// The grants, keyed by access token.
    var accessTokens: [String: AccessGrant] = [:]
    /// The number of token families that ended because a refresh token was reused or had expired.
    var loginsLost = 0

    init(_ configuration: EmulatorConfiguration, clientSecret: String) {
        settings = configuration.settings
        redirectURIs = Set(EmulatorConfiguration.defaultRedirectURIs + configuration.additionalRedirectURIs)
        clients = [
            configuration.clientID: Client(id: configuration.clientID, secret: clientSecret),
            configuration.publicClientID: Client(id: configuration.publicClientID, secret: nil),
        ]
        users = Dictionary(configuration.users.map { ($0.username, $0) }) { first, _ in first }
        tokens = JSONWebTokens(issuer: configuration.issuer)
    }

    /// The grant of an access token; nil if the token is unknown or expired.
    func grant(forAccessToken token: String, at now: Date) -> AccessGrant? {
        accessTokens[token].flatMap { now < $0.expiresAt ? $0 : nil }
    }

    /// The caller that an access token belongs to; nil if the token is unknown or expired.
    func caller(withAccessToken token: String?, at now: Date) -> Caller? {
        token.flatMap { token in
            grant(forAccessToken: token, at: now).map {
                Caller(user: $0.user, scopes: $0.scopes, accessToken: token)
            }
        }
    }

    /// Expires every access token; refresh tokens remain valid.
    mutating func expireAccessTokens() {
        accessTokens.removeAll()
    }

    /// Revokes every refresh token of every API key; access tokens remain valid.
    mutating func revokeAll() {
        endFamilies { _ in true }
    }

    /// Revokes the token families for which `matches` returns true.
    ///
    /// - Returns: Whether a family was revoked.
    @discardableResult
    mutating func endFamilies(where matches: (TokenFamily) -> Bool) -> Bool {
        let ids = families.filter { !$0.value.hasEnded && matches($0.value) }.keys
        for id in ids { families[id]?.end() }
        return !ids.isEmpty
    }

    /// Ends a token family because of reuse or expiry, and counts a lost login, unless the family has already ended.
    mutating func invalidateFamily(_ id: String) {
        guard families[id]?.hasEnded == false else { return }
        families[id]?.end()
        loginsLost += 1
    }

    /// Removes expired codes, tokens and sign-in pages, so that an emulator can run for weeks.
    mutating func prune(at now: Date) {
        pendingSignIns = pendingSignIns.filter { now < $0.value.shownAt.addingTimeInterval(Self.pageLifetime) }
        codes = codes.filter { now < $0.value.issuedAt.addingTimeInterval(AuthorizationCode.lifetime) }
        accessTokens = accessTokens.filter { now < $0.value.expiresAt }
    }
}

/// The user, scopes and expiry of an access token. The server stores a grant for each token that it issues, so any
/// other token is unknown.
struct AccessGrant: Sendable {
    let user: EmulatorUser
    let scopes: [String]
    let familyID: String
    let expiresAt: Date
}
