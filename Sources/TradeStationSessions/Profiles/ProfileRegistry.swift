public import TradeStationModel
import TradeStationOAuth

/// The profiles and what can be done with them: list, add, sign in and out, rename, remove, revoke, look back.
public struct ProfileRegistry: Sendable {
    let store: any CredentialStore
    let endpoint: TokenEndpoint
    let revocation: RevocationEndpoint
    let coordinator: RefreshCoordinator
    let clock: any TimeSource
    let random: RandomSource
    let timeoutMilliseconds: Int64
    /// What closing the manager ends and waits for.
    let work: TaskRegister

    // MARK: Looking

    /// All profiles, by name.
    ///
    /// - Throws: ``AccountsError`` of the store.
    public func profiles() async throws -> [ProfileRecord] {
        try await store.profiles()
    }

    /// The profile of that name.
    ///
    /// - Throws: ``AccountsError`` `profile_not_found`, with the nearest name.
    public func profile(named name: ProfileName) async throws -> ProfileRecord {
        if let record = try await store.profile(named: name) { return record }
        let nearest = ProfileName.nearest(to: name.text, among: try await profiles().map(\.profile.name))
        throw AccountsError(
            .profileNotFound,
            profile: name.text,
            "There is no profile \"\(name.text)\".",
            reason: nearest.map { "The nearest name is \"\($0.text)\"." },
            suggestion: "tsaccounts list"
        )
    }

    /// The profile of that name, or the only one there is.
    ///
    /// - Throws: ``AccountsError`` `profile_not_found`, `input_required` when there are several.
    public func profile(namedOrOnly name: ProfileName?) async throws -> ProfileRecord {
        if let name { return try await profile(named: name) }
        let all = try await profiles()
        if let only = all.first, all.count == 1 { return only }
        throw all.isEmpty
            ? AccountsError(
                .profileNotFound,
                "There is no profile yet.",
                suggestion: "tsaccounts add profile main --sim --client-id ID"
            )
            : AccountsError(
                .inputRequired,
                "There are several profiles: \(all.map(\.profile.name.text).joined(separator: ", ")).",
                suggestion: "the command with a profile name, or TSACCOUNTS_PROFILE"
            )
    }

    /// Whether the API key is known already; nil stands for TradeStation's token endpoint.
    ///
    /// - Throws: ``AccountsError`` of the store.
    public func knowsKey(clientID: String, tokenURL: EndpointURL?) async throws -> Bool {
        let endpoint = try tokenURL ?? EndpointURL(ClientRegistration.tradeStationTokenURL)
        return try await store.apiKey(clientID: clientID, tokenURL: endpoint) != nil
    }

    /// The other profiles on the same login.
    ///
    /// - Throws: ``AccountsError`` of the store.
    public func companions(of record: ProfileRecord) async throws -> [ProfileRecord] {
        try await profiles().filter { $0.login.id == record.login.id && $0.profile.id != record.profile.id }
    }

    /// All profiles on the same API key: those that a revocation ends.
    ///
    /// - Throws: ``AccountsError`` of the store.
    public func keyMates(of record: ProfileRecord) async throws -> [ProfileRecord] {
        try await profiles().filter { $0.apiKey.id == record.apiKey.id }
    }

    /// Audit rows, oldest first.
    ///
    /// - Throws: ``AccountsError`` of the store.
    public func auditRecords(_ query: AuditQuery) async throws -> [AuditRecord] {
        try await store.auditRecords(query)
    }

    /// Checks the audit chain.
    ///
    /// - Throws: ``AccountsError`` of the store.
    public func verifyAudit() async throws -> AuditVerification {
        try await store.verifyAudit()
    }

    // MARK: Changing

    /// Gives a profile another name.
    ///
    /// - Throws: ``AccountsError`` `profile_not_found`, `profile_exists`.
    public func rename(_ name: ProfileName, to newName: ProfileName) async throws {
        let record = try await profile(named: name)
        let entry = AuditEntry(
            .profileChanged,
            profileName: newName.text,
            loginID: record.login.id,
            detail: ["renamed_from": record.profile.name.text]
        )
        try await store.rename(record.profile.id, to: newName, audit: [entry])
    }

    /// Changes the secret, callback or client authentication of a profile's API key.
    ///
    /// - Throws: ``AccountsError`` `profile_not_found`, `usage`, `input_required`.
    public func change(_ name: ProfileName, _ change: KeyChange) async throws {
        let record = try await profile(named: name)
        let stored = try await storedLogin(of: record)
        let registration: ClientRegistration
        do throws(AccountsError) {
            registration = try change.applied(
                to: record.apiKey.registration,
                hasSecret: stored.clientSecret != nil
            )
        } catch {
            throw error.about(name)
        }
        let secret: Secret? = registration.authentication == .none ? Secret("") : change.secret
        let entry = AuditEntry(
            .profileChanged,
            profileName: record.profile.name.text,
            loginID: record.login.id,
            detail: ["changed": change.changedFields.joined(separator: " ")]
        )
        try await store.update(record.apiKey.id, registration: registration, secret: secret, audit: [entry])
    }

    /// Removes a profile here; with its last profile the login goes, with its last login the API key. Nothing is
    /// revoked at the server.
    ///
    /// - Throws: ``AccountsError`` `profile_not_found`, `lock_timeout`, `closed`.
    public func remove(_ name: ProfileName) async throws {
        try await work.run { try await removed(name) }
    }

    private func removed(_ name: ProfileName) async throws {
        let record = try await profile(named: name)
        try await withLock(on: record) {
            let entry = AuditEntry(
                .profileRemoved,
                profileName: record.profile.name.text,
                loginID: record.login.id
            )
            // While others use the login, its attempt is theirs to name.
            let isLast = try await companions(of: record).isEmpty
            let login = isLast ? try await store.login(record.login.id)?.login : nil
            let dangling = login?.danglingAttemptEntry(for: record.profile.name)
            try await store.remove(record.profile.id, audit: [dangling, entry].compactMap { $0 })
        }
    }

    /// Erases a login's tokens here. Nothing is revoked at the server.
    ///
    /// - Returns: the other profiles on the login, which lose theirs too.
    /// - Throws: ``AccountsError`` `profile_not_found`, `lock_timeout`, `closed`.
    public func signOut(_ name: ProfileName) async throws -> [ProfileRecord] {
        try await work.run { try await signedOut(name) }
    }

    private func signedOut(_ name: ProfileName) async throws -> [ProfileRecord] {
        let record = try await profile(named: name)
        try await withLock(on: record) {
            let login = try await storedLogin(of: record).login
            let entry = AuditEntry(.signedOut, profileName: record.profile.name.text, loginID: login.id)
            try await store.eraseTokens(
                of: login.id,
                leaving: .new,
                audit: [login.danglingAttemptEntry(for: record.profile.name), entry].compactMap { $0 }
            )
        }
        return try await companions(of: record)
    }

    /// Revokes the refresh tokens of a profile's API key at the server (RFC 7009) and erases its logins' tokens here.
    ///
    /// At TradeStation revoking one refresh token ends all of the key (Refresh Tokens page); elsewhere it would not, so
    /// every login's own token is revoked.
    ///
    /// - Returns: the profiles that have to sign in again.
    /// - Throws: ``AccountsError`` `profile_not_found`, `login_required`, `server_unreachable`, `server_error`,
    ///   `client_rejected`, `closed`, `usage` when the key has no revocation endpoint.
    public func revoke(_ name: ProfileName) async throws -> [ProfileRecord] {
        try await work.run { try await revoked(name) }
    }

    private func revoked(_ name: ProfileName) async throws -> [ProfileRecord] {
        let record = try await profile(named: name)
        let ended = try await keyMates(of: record)
        guard record.apiKey.registration.revokeURL != nil else {
            throw AccountsError(
                .usage,
                profile: name.text,
                "The API key of this profile has no revocation endpoint.",
                suggestion: "tsaccounts logout \(name.text)"
            )
        }
        do {
            guard try await revokeAndErase(record, askedFor: record) else { throw AccountsError.notSignedIn }
            for other in Self.onePerLogin(ended) where other.login.id != record.login.id {
                _ = try await revokeAndErase(other, askedFor: record)
            }
        } catch let error as AccountsError {
            throw error.about(name)
        }
        return ended
    }

    /// Ends one login; false when it has no token to revoke.
    private func revokeAndErase(_ record: ProfileRecord, askedFor asked: ProfileRecord) async throws -> Bool {
        try await withLock(on: record) {
            let stored = try await storedLogin(of: record)
            guard let refreshToken = stored.staged?.tokens.refreshToken ?? stored.refreshToken else { return false }
            try await revocation.revoke(
                refreshToken,
                for: ClientCredentials(registration: stored.apiKey.registration, secret: stored.clientSecret)
            )
            let entry = AuditEntry(
                .revoked,
                profileName: record.profile.name.text,
                loginID: record.login.id,
                detail: ["asked_for": asked.profile.name.text]
            )
            try await store.eraseTokens(
                of: record.login.id,
                leaving: .needsLogin,
                audit: [stored.login.danglingAttemptEntry(for: record.profile.name), entry].compactMap { $0 }
            )
            return true
        }
    }

    private static func onePerLogin(_ records: [ProfileRecord]) -> [ProfileRecord] {
        var seen = Set<Login.ID>()
        return records.filter { seen.insert($0.login.id).inserted }
    }

    // MARK: For the sign-ins beside this

    func storedLogin(of record: ProfileRecord) async throws -> StoredLogin {
        do {
            if let stored = try await store.login(record.login.id) { return stored }
        } catch let error as AccountsError {
            throw error.about(record.profile.name)
        }
        throw AccountsError(
            .profileNotFound,
            profile: record.profile.name.text,
            "The profile has been removed.",
            suggestion: "tsaccounts list"
        )
    }

    func withLock<Result: Sendable>(
        on record: ProfileRecord,
        _ body: () async throws -> Result
    ) async throws -> Result {
        let lock = try await store.lock(record.login.id, timeoutMilliseconds: timeoutMilliseconds)
        defer { lock.unlock() }
        return try await body()
    }
}
