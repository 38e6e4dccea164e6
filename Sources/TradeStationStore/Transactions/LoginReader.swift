import TradeStationModel

/// Reads a login with its secrets, its side file and its late result (an answer that came too late).
struct LoginReader {
    let transaction: StoreTransaction
    let place: any StorePlace

    func login(_ id: Login.ID, stamp: ChangeStamp) throws -> StoredLogin? {
        guard var login = try transaction.logins.fetch(id) else { return nil }
        let key = try transaction.apiKeys.key(of: login)
        let refresh = try transaction.secrets.refreshToken(of: login, key: key)
        let sideFile = try sideFile(of: login, key: key)
        var staged = sideFile.flatMap { $0.parentGeneration == login.generation ? $0 : nil }
        let check = RollbackCheck(transaction: transaction, login: login, key: key, refreshToken: refresh)
        switch try check.verdict(sideFile: sideFile, stamp: stamp) {
        case .current: break
        case .isOlder(let newest?): staged = newest
        case .isOlder(nil):
            staged = nil
            login.state = .held
            login.lastError = AccountsError.Code.storeRolledBack.rawValue
        }
        if let found = staged { staged?.tokens = found.tokens.bounded }
        return StoredLogin(
            login: login,
            apiKey: key,
            clientSecret: try transaction.secrets.clientSecret(of: key),
            tokens: try tokens(of: login, key: key, refreshToken: refresh),
            refreshToken: refresh,
            staged: staged,
            lateResult: login.state == .needsLogin ? try committableLateResult(of: login, key: key) : nil,
            profiles: try transaction.profiles.names(on: id),
            stamp: stamp
        )
    }

    // An access token that is missing or does not open is returned as empty: one refresh replaces it. An ID token that
    // does not open is left out, because nothing depends on it.
    private func tokens(of login: Login, key: APIKey, refreshToken: Secret?) throws -> TokenSet? {
        guard login.generation > 0, refreshToken != nil || login.state != .new else { return nil }
        let secrets = transaction.secrets
        let expiry = try transaction.logins.storedExpiry(of: login.id)
        let access = try secrets.token(.accessToken, of: login, key: key, expiry: expiry).secret
        let identity = try secrets.token(.idToken, of: login, key: key).secret
        guard access != nil || refreshToken != nil || identity != nil else { return nil }
        guard let access, let expiry else {
            return TokenSet(
                accessToken: Secret(""),
                refreshToken: refreshToken,
                idToken: identity,
                expiresAt: transaction.clock.now(),
                lifetimeSeconds: 1
            )
        }
        return TokenSet(
            accessToken: access,
            refreshToken: refreshToken,
            idToken: identity,
            expiresAt: expiry.moment,
            lifetimeSeconds: expiry.lifetimeSeconds
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

    /// A profile whose login has the given refresh token, or had it in an earlier generation.
    func profile(withRefreshToken token: Secret) throws -> ProfileName? {
        if let login = try transaction.witness.login(withRefreshToken: token) {
            return try transaction.profiles.anyName(on: login)
        }
        // A token that the user provided is not in the audit before its first exchange. Damaged logins are left out.
        let owner = try transaction.logins.notExchanged().first { id in
            guard let (login, key) = try? transaction.logins.require(id),
                let stored = try? transaction.secrets.token(.refreshToken, of: login, key: key)
            else { return false }
            return stored.secret == token
        }
        return try owner.flatMap(transaction.profiles.anyName)
    }

    // The late result with the stored generation as its parent, so that it can be saved. The server has refused the
    // stored tokens.
    private func committableLateResult(of login: Login, key: APIKey) throws -> StagedTokens? {
        guard var late = try transaction.secrets.lateResult(of: login, key: key) else { return nil }
        late.parentGeneration = login.generation
        late.tokens = late.tokens.bounded
        return late
    }

    // A side file that is incomplete, forged, or of another login does not open, and is ignored.
    private func sideFile(of login: Login, key: APIKey) throws -> StagedTokens? {
        guard let envelope = try place.sideFile(of: login.id).read() else { return nil }
        // Earlier versions sealed the content for the generation that it names.
        let contexts = [
            SealContext(sideFileOf: login, key: key),
            SealContext(.staged, of: login, key: key, generation: login.generation),
        ]
        let text = contexts.lazy.compactMap { transaction.keyring.open(envelope, for: $0) }.first
        return text.flatMap(StagedTokens.init(encoded:))
    }
}
