public import TradeStationModel

/// Gives a script a session for an API key and a refresh token, and writes no files.
///
/// ```swift
/// try await withSession(clientID: "KEY", secret: secret, refreshToken: token, environment: .sim) { session in
///     print(try await session.get("/v3/brokerage/accounts").status)
/// }
/// ```
///
/// The refresh token is exchanged at once. With rotating refresh tokens this ends the token, and its successor is only
/// in memory: `onNewRefreshToken` must save it, or the user has to sign in again. If another program, for example the
/// command line, uses the same refresh token, open the store that both can share instead.
///
/// - Parameters:
///   - clientID: the API key.
///   - secret: the secret of the API key; nil for a public client.
///   - refreshToken: a refresh token that TradeStation issued to the API key.
///   - environment: real money or the simulator.
///   - onNewRefreshToken: called with each new refresh token before any caller gets the access token of the same
///     exchange. Runs on a queue of its own and may block, for example to write a file.
///   - body: uses the session. Afterwards everything is closed.
/// - Throws: ``AccountsError`` `login_required` when the refresh token is not accepted, `client_rejected`,
///   `server_unreachable`; the errors of `body`.
public func withSession<Result: Sendable>(
    clientID: String,
    secret: Secret? = nil,
    refreshToken: Secret,
    environment: Environment,
    onNewRefreshToken: (@Sendable (Secret) -> Void)? = nil,
    _ body: (Session) async throws -> Result
) async throws -> Result {
    var key = ProfileRequest.KeyRequest(clientID: clientID)
    key.secret = secret
    key.refreshToken = refreshToken
    let listener = onNewRefreshToken.map { save in { @Sendable (_: ProfileName, token: Secret) in save(token) } }
    return try await withSession(
        adding: ProfileRequest(name: ProfileName("script"), environment: environment, source: .key(key)),
        configuration: SessionConfiguration(store: .inMemory(onNewRefreshToken: listener)),
        body
    )
}

/// Opens a store, adds a profile with a refresh token to it, and gives `body` a session for that profile.
///
/// Allows other endpoints and settings than
/// ``withSession(clientID:secret:refreshToken:environment:onNewRefreshToken:_:)``.
///
/// - Throws: ``AccountsError`` as ``ProfileRegistry/add(_:interaction:)``; the errors of `body`.
public func withSession<Result: Sendable>(
    adding request: ProfileRequest,
    configuration: SessionConfiguration,
    _ body: (Session) async throws -> Result
) async throws -> Result {
    try await withSessionManager(configuration: configuration) { manager in
        let record = try await manager.registry.add(request, interaction: nil)
        return try await body(try await manager.session(named: record.name.text))
    }
}
