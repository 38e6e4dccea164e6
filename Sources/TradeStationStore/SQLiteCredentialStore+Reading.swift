package import TradeStationModel

extension SQLiteCredentialStore {
    package func listing() throws -> ProfileListing {
        // Needed for ``login(_:)`` to notice that the database is an older copy.
        changes.watch()
        return try database.read { try $0.profiles.fetchAll() }
    }

    package func profile(named name: ProfileName) throws -> ProfileRecord? {
        try database.read { try $0.profiles.fetch(named: name) }
    }

    package func profile(_ id: Profile.ID) throws -> ProfileRecord? {
        try database.read { try $0.profiles.fetch(id) }
    }

    package func login(_ id: Login.ID) throws -> StoredLogin? {
        // Read first: a change that is committed meanwhile makes the stamp stale.
        let stamp = changes.stamp(of: id)
        return try database.read { transaction in
            do {
                return try LoginReader(transaction: transaction, place: place).login(id, stamp: stamp)
            } catch let error as AccountsError {
                throw error.about(try transaction.profiles.anyName(on: id))
            }
        }
    }

    package func profile(withRefreshToken token: Secret) throws -> ProfileName? {
        try database.read { try LoginReader(transaction: $0, place: place).profile(withRefreshToken: token) }
    }

    package func lateResult(of login: Login.ID) throws -> LateResult? {
        try database.read { try LoginReader(transaction: $0, place: place).lateResult(of: login) }
    }

    package func apiKey(clientID: String, tokenURL: EndpointURL) throws -> (key: APIKey, secret: Secret?)? {
        try database.read { transaction in
            guard let key = try transaction.apiKeys.fetch(clientID: clientID, tokenURL: tokenURL) else { return nil }
            do {
                return (key, try transaction.secrets.clientSecret(of: key))
            } catch let error as AccountsError {
                let login = try transaction.apiKeys.firstLogin(of: key.id)
                throw error.about(try login.flatMap(transaction.profiles.anyName))
            }
        }
    }

    package func auditRecords(_ query: AuditQuery) throws -> [AuditRecord] {
        try database.read { try $0.audit.fetch(query) }
    }

    package func backUp(to directory: String) throws {
        guard let files = place as? StoreFiles else {
            throw AccountsError(
                .usage,
                "A store in memory cannot be copied.",
                suggestion: "use a store in a directory"
            )
        }
        try database.read { try StoreBackup(files: files, directory: directory).write($0.database) }
    }

    package func verifyAudit() throws -> AuditVerification {
        try database.read { try AuditVerifier(transaction: $0, migrator: migrator).verify() }
    }
}
