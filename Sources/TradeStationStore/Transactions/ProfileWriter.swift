import TradeStationModel

/// Adds profiles with their logins and keys, and changes and removes them.
struct ProfileWriter {
    let transaction: StoreTransaction

    func add(_ profile: NewProfile, audit: [AuditEntry]) throws -> ProfileRecord {
        let login: Login.ID
        switch profile.login {
        case .existing(let id): login = try transaction.logins.require(id).login.id
        case .new(let new): login = try add(new)
        }
        _ = try transaction.profiles.insert(profile, login: login)
        try transaction.audit.append(audit, newLogin: login)
        guard let record = try transaction.profiles.fetch(named: profile.name) else {
            throw AccountsError.tampered("The profile")
        }
        return record
    }

    func update(_ key: APIKey.ID, to registration: ClientRegistration, secret: Secret?) throws {
        let stored = try require(key)
        let old = stored.registration
        guard registration.clientID == old.clientID, registration.authorizeURL == old.authorizeURL,
            registration.tokenURL == old.tokenURL, registration.revokeURL == old.revokeURL
        else {
            throw AccountsError(
                .usage,
                "The client id and the endpoints of an API key cannot be changed.",
                reason: "Its tokens are bound to them.",
                suggestion: "add a profile: tsaccounts add profile NAME ..."
            )
        }
        try transaction.apiKeys.update(stored, to: registration)
        try transaction.logins.noteDeadlines(of: require(key))
        if let secret { try transaction.secrets.setClientSecret(secret, of: stored) }
    }

    func rename(_ profile: Profile.ID, to name: ProfileName) throws {
        try transaction.profiles.rename(require(profile), to: name)
    }

    func change(_ profile: Profile.ID, _ change: FenceChange) throws {
        try transaction.profiles.change(require(profile), change)
    }

    /// Removes a profile, and the login and key that no other profile uses.
    ///
    /// - Returns: the login, if it was removed.
    func remove(_ profile: Profile.ID) throws -> Login.ID? {
        guard let row = try transaction.profiles.owner(of: profile) else { throw AccountsError.profileRemoved }
        try transaction.profiles.remove(profile)
        guard try transaction.logins.removeIfUnused(row.login) else { return nil }
        try transaction.apiKeys.removeIfUnused(row.key)
        return row.login
    }

    func eraseTokens(of login: Login.ID, leaving state: Login.State) throws {
        _ = try transaction.logins.require(login)
        try transaction.secrets.removeAll(of: login)
        try transaction.logins.erase(login, leaving: state)
    }

    private func add(_ new: NewProfile.NewLogin) throws -> Login.ID {
        let key: APIKey
        switch new.key {
        case .existing(let id): key = try require(id)
        case .new(let registration, let secret): key = try add(registration, secret: secret)
        }
        let refresh = new.tokens?.refreshToken ?? new.refreshToken
        let login = try transaction.logins.insert(
            new,
            key: key.id,
            state: new.tokens == nil && refresh == nil ? .new : .ready
        )
        if var tokens = new.tokens {
            tokens.refreshToken = refresh
            try transaction.refreshes.save(
                TokenCommit(parentGeneration: 0, tokens: tokens, identity: nil, rotation: .unknown, isSignIn: true),
                to: login,
                key: key
            )
        } else {
            try transaction.secrets.setToken(refresh, .refreshToken, of: login, key: key, generation: 0)
        }
        return login.id
    }

    // A key that the store already has is used, if its registration and secret are the same.
    private func add(_ registration: ClientRegistration, secret: Secret?) throws -> APIKey {
        let known = try transaction.apiKeys.fetch(clientID: registration.clientID, tokenURL: registration.tokenURL)
        guard let known else {
            let key = try transaction.apiKeys.insert(registration)
            try transaction.secrets.setClientSecret(secret, of: key)
            return key
        }
        guard known.registration == registration, try transaction.secrets.clientSecret(of: known) == secret else {
            throw AccountsError(
                .usage,
                "This API key is already in the store, with another secret or other settings.",
                suggestion: "tsaccounts set NAME --secret-file FILE"
            )
        }
        return known
    }

    private func require(_ id: APIKey.ID) throws -> APIKey {
        guard let key = try transaction.apiKeys.fetch(id) else { throw AccountsError.profileRemoved }
        return key
    }

    private func require(_ id: Profile.ID) throws -> Profile {
        guard let record = try transaction.profiles.fetch(id) else { throw AccountsError.profileRemoved }
        return record.profile
    }
}
