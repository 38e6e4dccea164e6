import TradeStationModel

@testable import TradeStationSessions

/// A login in memory, as the store would return it.
enum LoginFixture {
    /// The time at which the samples are looked at.
    static let now = Moment(
        wall: Timestamp(milliseconds: 1_791_279_060_000),
        bootID: "b",
        bootMilliseconds: 1_000_000
    )

    /// A login with its key and its tokens.
    ///
    /// - Parameters:
    ///   - life: how many seconds of the access token's 20 minutes are left; nil for a login without tokens.
    ///   - notBefore: how many milliseconds after ``now`` the login's pause ends.
    ///   - keyNotBefore: how many milliseconds after ``now`` the key's pause ends.
    static func stored(
        life: Double? = 1200,
        state: Login.State = .ready,
        generation: Int = 3,
        refreshToken: String? = "r3",
        failures: Int = 0,
        notBefore: Int64? = nil,
        keyNotBefore: Int64? = nil,
        key: APIKey.State = .ready
    ) throws -> StoredLogin {
        let login = Login(
            id: .init(rawValue: 1),
            apiKeyID: .init(rawValue: 1),
            identity: Identity(),
            scopes: "openid",
            state: state,
            generation: generation,
            accessExpiresAt: nil,
            signedInAt: nil,
            refreshExpiresAt: nil,
            absoluteExpiresAt: nil,
            attempt: nil,
            failures: failures,
            lastError: failures > 0 ? "server_error" : nil,
            notBefore: notBefore.map { now.wall.advanced(byMilliseconds: $0) },
            createdAt: now.wall
        )
        return StoredLogin(
            login: login,
            apiKey: try apiKey(key, notBefore: keyNotBefore),
            clientSecret: Secret("s"),
            tokens: life.map { tokens(refreshToken: refreshToken, life: $0) },
            refreshToken: refreshToken.map { Secret($0) },
            staged: nil
        )
    }

    /// Tokens of 20 minutes.
    ///
    /// - Parameters:
    ///   - life: how many seconds of them are left.
    ///   - now: when that is so.
    static func tokens(
        accessToken: String = "a3",
        refreshToken: String? = "r3",
        life: Double,
        at now: Moment = now
    ) -> TokenSet {
        TokenSet(
            accessToken: Secret(accessToken),
            refreshToken: refreshToken.map { Secret($0) },
            idToken: nil,
            expiresAt: now.advanced(byMilliseconds: Int64(life * 1000)),
            lifetimeSeconds: 1200
        )
    }

    /// An answer of the server that a process left in the side file.
    static func staged(
        _ tokens: TokenSet,
        after generation: Int = 3,
        attemptID: String = attemptID,
        identity: Identity = Identity()
    ) -> StagedTokens {
        StagedTokens(
            parentGeneration: generation,
            attemptID: attemptID,
            tokens: tokens,
            identity: identity,
            rotation: .rotating
        )
    }

    /// The id of the attempt of a process that died.
    static let attemptID = String(repeating: "ab", count: 16)

    private static func apiKey(_ state: APIKey.State, notBefore: Int64?) throws -> APIKey {
        let url = try EndpointURL("https://signin.tradestation.com/oauth/token")
        return APIKey(
            id: .init(rawValue: 1),
            registration: ClientRegistration(
                clientID: "id",
                authentication: .post,
                authorizeURL: url,
                tokenURL: url,
                revokeURL: nil
            ),
            rotation: .unknown,
            state: state,
            lastError: nil,
            notBefore: notBefore.map { now.wall.advanced(byMilliseconds: $0) },
            createdAt: now.wall
        )
    }
}
