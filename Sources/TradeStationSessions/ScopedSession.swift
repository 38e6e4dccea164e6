public import TradeStationModel

/// Gives a one-off script a session for an API key and a refresh token that it has, and leaves nothing on disk.
///
/// ```swift
/// try await withSession(clientID: "KEY", secret: secret, refreshToken: token, environment: .sim) { session in
///     print(try await session.get("/v3/brokerage/accounts").status)
/// }
/// ```
///
/// The token is exchanged at once. An API key with rotating refresh tokens ends it with that, and its successor is only
/// in memory: `onNewRefreshToken` has to keep it, or a user has to sign in again. A refresh token that another program
/// uses too, the command line's among them, is better left to the store that both open.
///
/// - Parameters:
///   - clientID: the API key.
///   - secret: its secret; nil for a public client.
///   - refreshToken: one that TradeStation issued to that key.
///   - environment: real money or the simulator.
///   - onNewRefreshToken: called with each new refresh token before anybody gets the access token that came with it. It
///     runs on a queue of its own and may block, say to write a file.
///   - body: what is done with the session; afterwards everything is closed.
/// - Throws: ``AccountsError`` `login_required` when the refresh token is not accepted, `client_rejected`,
///   `server_unreachable`; what `body` throws.
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
    let listener = onNewRefreshToken.map { tell in { @Sendable (_: ProfileName, token: Secret) in tell(token) } }
    return try await withSession(
        adding: ProfileRequest(name: ProfileName("script"), environment: environment, source: .key(key)),
        configuration: SessionConfiguration(store: .inMemory(onNewRefreshToken: listener)),
        body
    )
}

/// Opens a store, adds a profile with a refresh token to it, and gives `body` its session; for other endpoints and
/// settings than those of ``withSession(clientID:secret:refreshToken:environment:onNewRefreshToken:_:)``.
///
/// - Throws: ``AccountsError`` as ``ProfileRegistry/add(_:interaction:)``; what `body` throws.
public func withSession<Result: Sendable>(
    adding request: ProfileRequest,
    configuration: SessionConfiguration,
    _ body: (Session) async throws -> Result
) async throws -> Result {
    try await withSessionManager(configuration: configuration) { manager in
        let record = try await manager.registry.add(request, interaction: nil)
        return try await body(try await manager.session(named: record.profile.name.text))
    }
}
