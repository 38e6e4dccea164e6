import Foundation

/// The sign-in server as a value: who is known, who is signed in where, which codes and tokens are out. Every
/// function is a decision; time and randomness come in as a ``Moment``.
struct AuthorizationServer: Sendable {
    /// A sign-in page that was shown and waits for its form.
    struct PendingSignIn: Sendable {
        let request: AuthorizationRequest
        let shownAt: Date
    }

    static let sessionCookie = "emulator_session"
    /// How long a sign-in page can be left open.
    static let pageLifetime: TimeInterval = 3600

    var settings: EmulatorSettings
    var redirectURIs: Set<String>
    let clients: [String: Client]
    let users: [String: EmulatorUser]
    let tokens: JSONWebTokens

    var pendingSignIns: [String: PendingSignIn] = [:]
    /// User names by the value of the browser's session cookie.
    var browserSessions: [String: String] = [:]
    var codes: [String: AuthorizationCode] = [:]
    var families: [String: TokenFamily] = [:]
    /// Family ids by refresh token.
    var refreshTokens: [String: String] = [:]
    /// What was granted, by access token.
    var accessTokens: [String: AccessGrant] = [:]
    /// Families that ended by reuse or expiry.
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

    /// The grant behind a bearer token, while it lives.
    func grant(forAccessToken token: String, at now: Date) -> AccessGrant? {
        accessTokens[token].flatMap { now < $0.expiresAt ? $0 : nil }
    }

    /// Who presents a bearer token, while it lives.
    func caller(withAccessToken token: String?, at now: Date) -> Caller? {
        token.flatMap { token in
            grant(forAccessToken: token, at: now).map {
                Caller(user: $0.user, scopes: $0.scopes, accessToken: token)
            }
        }
    }

    /// Ends every access token at once; refresh tokens live on.
    mutating func expireAccessTokens() {
        accessTokens.removeAll()
    }

    /// Ends every refresh token at once, as if each key had been revoked; access tokens live on.
    mutating func revokeAll() {
        endFamilies { _ in true }
    }

    /// Ends the families that match, because somebody asked for it; returns whether there was one.
    @discardableResult
    mutating func endFamilies(where matches: (TokenFamily) -> Bool) -> Bool {
        let ids = families.filter { !$0.value.ended && matches($0.value) }.keys
        for id in ids { families[id]?.end() }
        return !ids.isEmpty
    }

    /// Ends a family because of reuse or expiry, once.
    mutating func loseFamily(_ id: String) {
        guard families[id]?.ended == false else { return }
        families[id]?.end()
        loginsLost += 1
    }

    /// Forgets what time has made worthless, so that an emulator can run for weeks.
    mutating func prune(at now: Date) {
        pendingSignIns = pendingSignIns.filter { now < $0.value.shownAt.addingTimeInterval(Self.pageLifetime) }
        codes = codes.filter { now < $0.value.issuedAt.addingTimeInterval(AuthorizationCode.lifetime) }
        accessTokens = accessTokens.filter { now < $0.value.expiresAt }
    }
}
