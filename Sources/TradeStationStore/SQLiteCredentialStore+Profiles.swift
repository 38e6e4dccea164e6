package import TradeStationModel

extension SQLiteCredentialStore {
    package func createIfMissing() throws {
        try database.createIfMissing()
    }

    package func add(_ profile: NewProfile, audit: [AuditEntry]) throws -> ProfileRecord {
        let record = try database.write(.power) { try $0.profileWriter.add(profile, audit: audit) }
        if case .new(let login) = profile.login, let token = login.tokens?.refreshToken {
            rotationListener?(profile.name, token)
        }
        return record
    }

    package func update(
        _ key: APIKey.ID,
        registration: ClientRegistration,
        secret: Secret?,
        audit: [AuditEntry]
    ) throws {
        try database.write(.power) { transaction in
            try transaction.profileWriter.update(key, to: registration, secret: secret, audit: audit)
        }
    }

    package func rename(_ profile: Profile.ID, to name: ProfileName, audit: [AuditEntry]) throws {
        try database.write(.power) { try $0.profileWriter.rename(profile, to: name, audit: audit) }
    }

    package func change(_ profile: Profile.ID, _ change: FenceChange, audit: [AuditEntry]) throws {
        try database.write(.power) { try $0.profileWriter.change(profile, change, audit: audit) }
    }

    package func remove(_ profile: Profile.ID, audit: [AuditEntry]) throws {
        let removed = try database.write(.power) { transaction in
            let removed = try transaction.profileWriter.remove(profile)
            try transaction.audit.append(audit)
            return removed
        }
        for login in removed { try wipeSideFile(of: login) }
    }

    package func mendLogin(of profile: ProfileName) throws -> Bool {
        try database.write(.power) { transaction in
            do {
                return try transaction.profileWriter.mendLogin(of: profile)
            } catch let error as AccountsError {
                throw error.about(profile)
            }
        }
    }

    package func eraseTokens(of login: Login.ID, leaving state: Login.State, audit: [AuditEntry]) throws {
        try database.write(.power) { transaction in
            try transaction.profileWriter.eraseTokens(of: login, leaving: state)
            try transaction.audit.append(audit)
        }
        try wipeSideFile(of: login)
    }

    package func record(_ audit: [AuditEntry]) throws {
        try database.write(.power) { try $0.audit.append(audit) }
    }

    private func wipeSideFile(of login: Login.ID) throws {
        prepared[login] = nil
        try database.showingErrors { try place.sideFile(of: login).wipe() }
    }
}
