import TradeStationModel

/// Reads a login with its secrets, its side file and its late result.
struct LoginReader {
    let transaction: StoreTransaction
    let place: any StorePlace

    func login(_ id: Login.ID, stamp: ChangeStamp) throws -> StoredLogin? {
        guard let login = try transaction.logins.fetch(id) else { return nil }
        let key = try transaction.apiKeys.key(of: login)
        func token(_ kind: SealContext.Kind) throws -> Secret? {
            try transaction.secrets.token(kind, of: login, key: key)
        }
        let (access, refresh, identity) = try (token(.accessToken), token(.refreshToken), token(.idToken))
        var tokens: TokenSet?
        if let access, let expiry = try transaction.logins.accessExpiry(of: id) {
            tokens = TokenSet(
                accessToken: access,
                refreshToken: refresh,
                idToken: identity,
                expiresAt: expiry.moment,
                lifetimeSeconds: expiry.lifetimeSeconds
            )
        }
        return StoredLogin(
            login: login,
            apiKey: key,
            clientSecret: try transaction.secrets.clientSecret(of: key),
            tokens: tokens,
            refreshToken: refresh,
            staged: try staged(login, key: key),
            lateResult: login.state == .needsLogin ? try committableLateResult(of: login, key: key) : nil,
            profiles: try transaction.profiles.names(on: id),
            stamp: stamp
        )
    }

    func lateResult(of id: Login.ID) throws -> LateResult? {
        guard let login = try transaction.logins.fetch(id),
            let late = try transaction.secrets.lateResult(of: login, key: transaction.apiKeys.key(of: login))
        else { return nil }
        return LateResult(
            attemptID: late.attemptID,
            generation: late.parentGeneration,
            refreshToken: late.tokens.refreshToken
        )
    }

    // The late result, changed so that it can replace the stored generation, whose tokens the server has refused.
    private func committableLateResult(of login: Login, key: APIKey) throws -> StagedTokens? {
        guard var late = try transaction.secrets.lateResult(of: login, key: key) else { return nil }
        late.parentGeneration = login.generation
        late.tokens = late.tokens.bounded
        return late
    }

    // A side file that is incomplete, forged, or of another generation or login does not open, and is ignored.
    private func staged(_ login: Login, key: APIKey) throws -> StagedTokens? {
        let context = SealContext(.staged, of: login, key: key, generation: login.generation)
        guard let envelope = try place.sideFile(of: login.id).read(),
            let text = transaction.keyring.open(envelope, for: context), var staged = StagedTokens(encoded: text),
            staged.parentGeneration == login.generation
        else { return nil }
        staged.tokens = staged.tokens.bounded
        return staged
    }
}
