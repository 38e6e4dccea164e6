package import TradeStationModel

extension SQLiteCredentialStore {
    /// All profiles, by name.
    ///
    /// - Throws: `record_tampered`, naming the profile, when one of them does not match its checksum: a list that left
    ///   it out would hide it.
    package func profiles() throws -> [ProfileRecord] {
        try read { try $0.profiles.fetchAll() }
    }

    /// The profile of that name, if there is one.
    ///
    /// - Throws: `record_tampered`.
    package func profile(named name: ProfileName) throws -> ProfileRecord? {
        try read { try $0.profiles.fetch(named: name) }
    }

    /// The profile of that row, whatever its name is by now; nil when it was removed.
    ///
    /// - Throws: `record_tampered`.
    package func profile(_ id: Profile.ID) throws -> ProfileRecord? {
        try read { try $0.profiles.fetch(id) }
    }

    /// A login with its secrets and its side file; nil when there is no such login.
    ///
    /// - Throws: `record_tampered`, naming a profile on it, when a secret does not open for this login, its
    ///   generation and its key's endpoints.
    package func login(_ id: Login.ID) throws -> StoredLogin? {
        // Read first: a change that is committed meanwhile makes the stamp stale.
        let stamp = changes.stamp(of: id)
        return try read { transaction in
            do {
                return try storedLogin(id, stamp: stamp, in: transaction)
            } catch let error as AccountsError {
                throw error.about(try transaction.profiles.anyName(on: id))
            }
        }
    }

    /// The kept late result of a login, whatever the login's state.
    package func lateResult(of login: Login.ID) throws -> LateResult? {
        try read { transaction in
            guard let stored = try transaction.logins.fetch(login),
                let key = try transaction.apiKeys.fetch(stored.apiKeyID),
                let late = try transaction.secrets.lateResult(of: stored, key: key)
            else { return nil }
            return LateResult(
                attemptID: late.attemptID,
                generation: late.parentGeneration,
                refreshToken: late.tokens.refreshToken
            )
        }
    }

    /// The API key with that client id and token endpoint, and its secret.
    ///
    /// - Throws: `record_tampered`.
    package func apiKey(clientID: String, tokenURL: EndpointURL) throws -> (key: APIKey, secret: Secret?)? {
        try read { transaction in
            guard let key = try transaction.apiKeys.fetch(clientID: clientID, tokenURL: tokenURL) else { return nil }
            return (key, try transaction.secrets.clientSecret(of: key))
        }
    }

    private func storedLogin(_ id: Login.ID, stamp: ChangeStamp, in transaction: StoreTransaction) throws
        -> StoredLogin?
    {
        guard let login = try transaction.logins.fetch(id) else { return nil }
        guard let key = try transaction.apiKeys.fetch(login.apiKeyID) else {
            throw AccountsError.tampered("The API key of the profile")
        }
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
            staged: try staged(login, key: key, keyring: transaction.keyring),
            lateResult: login.state == .needsLogin ? try lateResult(of: login, key: key, in: transaction) : nil,
            profiles: try transaction.profiles.names(on: id),
            stamp: stamp
        )
    }

    // As a commit on the stored generation: the tokens that were saved before it are refused.
    private func lateResult(of login: Login, key: APIKey, in transaction: StoreTransaction) throws -> StagedTokens? {
        guard var late = try transaction.secrets.lateResult(of: login, key: key) else { return nil }
        late.parentGeneration = login.generation
        late.tokens = late.tokens.bounded(now: clock.now())
        return late
    }

    // Torn, forged, older or another login's: such a side file does not open, and is no answer to anything.
    private func staged(_ login: Login, key: APIKey, keyring: Keyring) throws -> StagedTokens? {
        let context = SealContext(.staged, of: login, key: key, generation: login.generation)
        guard let envelope = try place.sideFile(of: login.id).read(),
            let text = keyring.open(envelope, for: context), var staged = StagedTokens(encoded: text),
            staged.parentGeneration == login.generation
        else { return nil }
        staged.tokens = staged.tokens.bounded(now: clock.now())
        return staged
    }
}
