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
        let record = try transaction.profiles.insert(profile, login: login)
        try append(audit, about: record.profile.id, on: login)
        return record
    }

    func update(
        _ key: APIKey.ID,
        to registration: ClientRegistration,
        secret: Secret?,
        audit: [AuditEntry]
    ) throws {
        let stored = try require(key)
        let old = stored.registration
        guard registration.clientID == old.clientID, registration.authorizeURL == old.authorizeURL,
            registration.tokenURL == old.tokenURL, registration.revokeURL == old.revokeURL
        else {
            throw AccountsError(
                .usage,
                "The client id and the endpoints of an API key cannot be changed.",
                reason: "The tokens of the key are bound to them.",
                suggestion: "add a profile with the other values: tsaccounts add profile NAME ..."
            )
        }
        try transaction.apiKeys.update(stored, to: registration)
        try transaction.logins.noteDeadlines(of: require(key))
        if let secret { try transaction.secrets.setClientSecret(secret, of: stored) }
        // The change concerns every login of the key, so each gets the rows in its own part of the audit.
        for login in try transaction.apiKeys.logins(of: key) {
            guard
                let (profile, name) = try transaction.profiles.names(on: login).min(by: {
                    $0.key.rawValue < $1.key.rawValue
                })
            else { continue }
            let rows = audit.map { row in
                guard row.loginID != login else { return row }
                var copy = row
                (copy.loginID, copy.profileName) = (login, name.text)
                return copy
            }
            try append(rows, about: profile, on: login)
        }
    }

    func rename(_ profile: Profile.ID, to name: ProfileName, audit: [AuditEntry]) throws {
        let stored = try require(profile)
        try transaction.profiles.rename(stored, to: name)
        try append(audit, about: profile, on: stored.loginID)
    }

    func change(_ profile: Profile.ID, _ change: FenceChange, audit: [AuditEntry]) throws {
        let stored = try require(profile)
        try transaction.profiles.change(stored, change)
        try append(audit, about: profile, on: stored.loginID)
    }

    /// Removes a profile, and the logins and keys that no profile uses. A damaged profile can be removed too.
    ///
    /// - Returns: the logins that were removed.
    func remove(_ profile: Profile.ID) throws -> [Login.ID] {
        guard let login = try transaction.profiles.login(of: profile) else { throw AccountsError.profileRemoved }
        try transaction.profiles.remove(profile)
        let removed = try transaction.logins.removeUnused()
        try transaction.apiKeys.removeUnused()
        try transaction.secrets.removeOrphans()
        // If another program had removed the row of the login, `removed` does not contain the login.
        let isGone = try !transaction.profiles.hasAny(on: login)
        return isGone && !removed.contains(login) ? removed + [login] : removed
    }

    /// Makes it possible to sign in again on a damaged login.
    ///
    /// - Returns: false if nothing of the login is damaged.
    func mendLogin(of name: ProfileName) throws -> Bool {
        guard let profile = try transaction.profiles.intact(named: name) else { throw AccountsError.profileRemoved }
        let id = profile.loginID
        let (logins, secrets) = (transaction.logins, transaction.secrets)
        let hadEditedScopes = try restoreScopes(of: profile)
        var isDamaged = false
        do {
            _ = try logins.fetch(id)
        } catch let error as AccountsError where error == .damagedLogin {
            isDamaged = true
            try logins.mend(id, keepingUser: true)
        }
        guard let login = try logins.fetch(id) else { throw AccountsError.missingLogin }
        let key = try transaction.apiKeys.key(of: login)
        _ = try secrets.clientSecret(of: key)
        if !isDamaged {
            do {
                _ = try secrets.refreshToken(of: login, key: key)
                return hadEditedScopes
            } catch let error as AccountsError where error == .damagedRefreshToken {}
        }
        // A secret opens only for its own user, so one that opens proves that the user in the row is right.
        let proofs = try [
            secrets.token(.refreshToken, of: login, key: key), secrets.token(.idToken, of: login, key: key),
            secrets.token(.accessToken, of: login, key: key, expiry: logins.storedExpiry(of: id)),
        ]
        try logins.mend(id, keepingUser: proofs.contains { $0.secret != nil })
        for kind in [SealContext.Kind.refreshToken, .idToken, .accessToken] { try secrets.removeToken(kind, of: id) }
        var row = AuditEntry(.needsLogin, profileName: name.text, loginID: id)
        row.outcome = AccountsError.Code.recordTampered.rawValue
        row.generationBefore = login.generation
        try transaction.audit.append([row])
        return true
    }

    /// Replaces edited scopes of a profile's login by those that the audit recorded.
    ///
    /// - Returns: whether they were edited.
    private func restoreScopes(of profile: Profile) throws -> Bool {
        let recorded = try transaction.witness.newestVersions(on: profile.loginID)?.scopes
        guard let recorded, try transaction.logins.scopes(of: profile.loginID) != recorded else { return false }
        try transaction.logins.setScopes(recorded, of: profile.loginID)
        let row = AuditEntry(
            .profileChanged,
            profileName: profile.name.text,
            loginID: profile.loginID,
            detail: ["restored": "scopes"]
        )
        try append([row], about: profile.id, on: profile.loginID)
        return true
    }

    func eraseTokens(of login: Login.ID, leaving state: Login.State) throws {
        _ = try transaction.logins.require(login)
        try transaction.secrets.removeAll(of: login)
        try transaction.logins.erase(login, leaving: state)
    }

    /// Appends audit rows about a change of a profile or its key, with the versions that the rows have now.
    private func append(_ audit: [AuditEntry], about profile: Profile.ID, on login: Login.ID) throws {
        let versions = RowVersions(
            profileID: profile.rawValue,
            profileVersion: try transaction.profiles.version(of: profile),
            apiKeyVersion: try transaction.apiKeys.version(ofKeyOf: login),
            // The column may have been edited, so it counts only if the audit has no scopes yet.
            scopes: try transaction.witness.newestVersions(on: login)?.scopes ?? transaction.logins.scopes(of: login)
        )
        let rows = audit.map { entry in
            guard entry.event == .profileAdded || entry.event == .profileChanged else { return entry }
            var row = entry
            row.detail.merge(versions.detail) { _, version in version }
            return row
        }
        try transaction.audit.append(rows, newLogin: login)
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
