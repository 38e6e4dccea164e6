public import TradeStationModel

extension SQLiteCredentialStore {
    /// All profiles, by name.
    ///
    /// - Throws: `record_tampered`, naming the profile, when one of them does not match its checksum: a list that left
    ///   it out would hide it.
    public func profiles() throws -> [ProfileRecord] {
        try read { try $0.profiles.fetchAll() }
    }

    /// The profile of that name, if there is one.
    ///
    /// - Throws: `record_tampered`.
    public func profile(named name: ProfileName) throws -> ProfileRecord? {
        try read { try $0.profiles.fetch(named: name) }
    }

    /// The profile of that row, whatever its name is by now; nil when it was removed.
    ///
    /// - Throws: `record_tampered`.
    public func profile(_ id: Profile.ID) throws -> ProfileRecord? {
        try read { try $0.profiles.fetch(id) }
    }

    /// A login with its secrets and its side file; nil when there is no such login.
    ///
    /// - Throws: `record_tampered`, naming a profile on it, when a secret does not open for this login, its
    ///   generation and its key's endpoints.
    public func login(_ id: Login.ID) throws -> StoredLogin? {
        try read { transaction in
            do {
                return try storedLogin(id, in: transaction)
            } catch let error as AccountsError {
                throw error.about(try transaction.profiles.anyName(on: id))
            }
        }
    }

    /// The API key with that client id and token endpoint, and its secret.
    ///
    /// - Throws: `record_tampered`.
    public func apiKey(clientID: String, tokenURL: EndpointURL) throws -> (key: APIKey, secret: Secret?)? {
        try read { transaction in
            guard let key = try transaction.apiKeys.fetch(clientID: clientID, tokenURL: tokenURL) else { return nil }
            return (key, try transaction.secrets.clientSecret(of: key))
        }
    }

    private func storedLogin(_ id: Login.ID, in transaction: StoreTransaction) throws -> StoredLogin? {
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
            profiles: try transaction.profiles.names(on: id)
        )
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
