package import TradeStationModel

extension SQLiteCredentialStore {
    /// Adds a profile, and its login and key where they are new, durably.
    ///
    /// A new key whose client id and token endpoint the store already has is that key, if registration and secret are
    /// the same.
    ///
    /// - Throws: `profile_exists`; `usage` when the key is known with another registration or secret;
    ///   `profile_not_found` when an existing login or key is meant and gone.
    package func add(_ profile: NewProfile, audit: [AuditEntry]) throws -> ProfileRecord {
        let record = try write(.power) { transaction -> ProfileRecord in
            let login: Login.ID
            switch profile.login {
            case .existing(let id):
                login = try transaction.logins.require(id).login.id
            case .new(let new):
                login = try addLogin(new, in: transaction)
            }
            _ = try transaction.profiles.insert(profile, login: login)
            try transaction.audit.append(audit, newLogin: login)
            guard let record = try transaction.profiles.fetch(named: profile.name) else {
                throw AccountsError.tampered("The profile")
            }
            return record
        }
        if case .new(let login) = profile.login, let token = login.tokens?.refreshToken {
            rotationListener?(profile.name, token)
        }
        return record
    }

    /// Changes callback, client authentication, PKCE, nonce or rotation limits of a key, and its secret when `secret` is given
    /// (an empty one removes it); a refused key is given another chance.
    ///
    /// - Throws: `usage` when client id or endpoints differ: tokens are bound to them; `profile_not_found`.
    package func update(
        _ key: APIKey.ID,
        registration: ClientRegistration,
        secret: Secret?,
        audit: [AuditEntry]
    ) throws {
        try write(.power) { transaction in
            let stored = try requireKey(key, in: transaction)
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
            try transaction.logins.noteDeadlines(of: requireKey(key, in: transaction))
            if let secret { try transaction.secrets.setClientSecret(secret, of: stored) }
            try transaction.audit.append(audit)
        }
    }

    /// Gives a profile another name.
    ///
    /// - Throws: `profile_exists`, `profile_not_found`.
    package func rename(_ profile: Profile.ID, to name: ProfileName, audit: [AuditEntry]) throws {
        try write(.power) { transaction in
            try transaction.profiles.rename(requireProfile(profile, in: transaction), to: name)
            try transaction.audit.append(audit)
        }
    }

    /// Changes the fences of a profile, durably. What the change does not name stays as it is at that moment.
    ///
    /// - Throws: `usage`, `profile_not_found`.
    package func change(_ profile: Profile.ID, _ change: FenceChange, audit: [AuditEntry]) throws {
        try write(.power) { transaction in
            try transaction.profiles.change(requireProfile(profile, in: transaction), change)
            try transaction.audit.append(audit)
        }
    }

    /// Removes a profile; with its last profile the login and its secrets go, with its last login the key goes.
    ///
    /// - Throws: `profile_not_found`.
    package func remove(_ profile: Profile.ID, audit: [AuditEntry]) throws {
        let orphan = try write(.power) { transaction -> Login.ID? in
            guard let row = try transaction.profiles.owner(of: profile) else { throw AccountsError.noSuchProfile }
            try transaction.profiles.remove(profile)
            let isLast = try transaction.logins.removeIfUnused(row.login)
            if isLast { try transaction.apiKeys.removeIfUnused(row.key) }
            try transaction.audit.append(audit)
            return isLast ? row.login : nil
        }
        if let orphan { try wipeSideFile(of: orphan) }
    }

    /// Erases the tokens and the side file of a login; its state becomes `state`. Its generation moves on, so that no
    /// answer that is still under way fits any more.
    ///
    /// - Throws: `profile_not_found`.
    package func eraseTokens(of login: Login.ID, leaving state: Login.State, audit: [AuditEntry]) throws {
        try write(.power) { transaction in
            _ = try transaction.logins.require(login)
            try transaction.secrets.removeAll(of: login)
            try transaction.logins.erase(login, leaving: state)
            try transaction.audit.append(audit)
        }
        try wipeSideFile(of: login)
    }

    private func wipeSideFile(of login: Login.ID) throws {
        readied[login] = nil
        try showingErrors { try place.sideFile(of: login).wipe() }
    }

    private func addLogin(_ new: NewProfile.NewLogin, in transaction: StoreTransaction) throws -> Login.ID {
        let key: APIKey
        switch new.key {
        case .existing(let id):
            key = try requireKey(id, in: transaction)
        case .new(let registration, let secret):
            key = try addKey(registration, secret: secret, in: transaction)
        }
        let refresh = new.tokens?.refreshToken ?? new.refreshToken
        let login = try transaction.logins.insert(
            new,
            key: key.id,
            state: new.tokens == nil && refresh == nil ? .new : .ready
        )
        if var tokens = new.tokens {
            tokens.refreshToken = refresh
            try transaction.save(
                TokenCommit(parentGeneration: 0, tokens: tokens, identity: nil, rotation: .unknown, isSignIn: true),
                to: login,
                key: key
            )
        } else {
            try transaction.secrets.setToken(refresh, .refreshToken, of: login, key: key, generation: 0)
        }
        return login.id
    }

    private func addKey(
        _ registration: ClientRegistration,
        secret: Secret?,
        in transaction: StoreTransaction
    ) throws -> APIKey {
        guard
            let known = try transaction.apiKeys.fetch(
                clientID: registration.clientID,
                tokenURL: registration.tokenURL
            )
        else {
            let key = try transaction.apiKeys.insert(registration)
            try transaction.secrets.setClientSecret(secret, of: key)
            return key
        }
        guard known.registration == registration, try transaction.secrets.clientSecret(of: known) == secret else {
            throw AccountsError(
                .usage,
                "This API key is in the store already, with another secret or other settings.",
                suggestion: "tsaccounts set NAME --secret-file FILE"
            )
        }
        return known
    }

    private func requireKey(_ id: APIKey.ID, in transaction: StoreTransaction) throws -> APIKey {
        guard let key = try transaction.apiKeys.fetch(id) else { throw AccountsError.noSuchProfile }
        return key
    }

    private func requireProfile(_ id: Profile.ID, in transaction: StoreTransaction) throws -> Profile {
        guard let record = try transaction.profiles.fetch(id) else { throw AccountsError.noSuchProfile }
        return record.profile
    }
}

extension AccountsError {
    static let noSuchProfile = AccountsError(
        .profileNotFound,
        "The profile is not in the store any more.",
        suggestion: "tsaccounts list"
    )
}
