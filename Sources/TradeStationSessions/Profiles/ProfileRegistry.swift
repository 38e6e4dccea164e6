public import TradeStationModel
import TradeStationOAuth

/// The profiles of a store: list, add, change, sign in and out, remove and revoke them, and read the audit.
public struct ProfileRegistry: Sendable {
    let services: SessionServices
    let logins: LoginDirectory

    private var store: any CredentialStore { services.store }

    // MARK: Reading

    /// The profiles that can be used, by name. Damaged ones are in ``listing()``.
    ///
    /// - Throws: ``AccountsError`` of the store, for example `store_missing` before the first profile was added.
    public func profiles() async throws -> [ProfileRecord] {
        try await store.listing().profiles
    }

    /// All profiles, including those with a damaged row. Their tokens are not opened, so a damaged token does not
    /// show.
    ///
    /// - Throws: ``AccountsError`` of the store.
    public func listing() async throws -> ProfileListing {
        try await store.listing()
    }

    /// All profiles, including those with a damaged row or a secret that does not open, and with the state `held` if the
    /// database is an older copy.
    ///
    /// - Throws: ``AccountsError`` of the store.
    package func examinedListing() async throws -> ProfileListing {
        try await ListingExamination(store: store).run()
    }

    /// The profile with the given name.
    ///
    /// - Throws: ``AccountsError`` `profile_not_found`, with the nearest name; `record_tampered` if it is damaged.
    public func profile(named name: ProfileName) async throws -> ProfileRecord {
        if let record = try await store.profile(named: name) { return record }
        let names = try await listing().names.compactMap { try? ProfileName($0) }
        let nearest = ProfileName.nearest(to: name.text, among: names)
        throw AccountsError(
            .profileNotFound,
            profile: name.text,
            "There is no profile \"\(name.text)\".",
            reason: nearest.map { "The nearest name is \"\($0.text)\"." },
            suggestion: "tsaccounts list"
        )
    }

    /// The profile with the given name; if the name is nil, the only profile of the store.
    ///
    /// - Throws: ``AccountsError`` `profile_not_found`, `input_required` when there are several, `record_tampered` if it is
    ///   damaged.
    public func profile(namedOrOnly name: ProfileName?) async throws -> ProfileRecord {
        try await profile(named: try await resolve(name))
    }

    /// The given name, or the name of the only profile, which may be damaged.
    ///
    /// - Throws: ``AccountsError`` `profile_not_found`, `input_required` when there are several.
    package func resolve(_ name: ProfileName?) async throws -> ProfileName {
        if let name { return name }
        let listing = try await listing()
        let all = listing.names
        if all.count == 1 {
            guard let only = try? ProfileName(all[0]) else { throw listing.damaged[0].error }
            return only
        }
        throw all.isEmpty
            ? AccountsError(
                .profileNotFound,
                "There is no profile yet.",
                suggestion: "tsaccounts add profile main --sim --client-id ID"
            )
            : AccountsError(
                .inputRequired,
                "There are several profiles: \(all.joined(separator: ", ").printable(limit: 500)).",
                suggestion: "name the profile, or set TSACCOUNTS_PROFILE"
            )
    }

    /// Whether the API key is already stored. If `tokenURL` is nil, TradeStation's token endpoint is meant.
    ///
    /// - Throws: ``AccountsError`` of the store.
    public func knowsKey(clientID: String, tokenURL: EndpointURL?) async throws -> Bool {
        let endpoint = try tokenURL ?? EndpointURL(ClientRegistration.tradeStationTokenURL)
        do {
            return try await store.apiKey(clientID: clientID, tokenURL: endpoint) != nil
        } catch let error as AccountsError where error.code == .storeMissing {
            return false
        }
    }

    /// The other profiles on the same login.
    ///
    /// - Throws: ``AccountsError`` of the store.
    public func profilesSharingLogin(of record: ProfileRecord) async throws -> [ProfileRecord] {
        try await profiles().filter { $0.login.id == record.login.id && $0.profile.id != record.profile.id }
    }

    /// All profiles on the same API key, including this one: a revocation signs out all of them.
    ///
    /// - Throws: ``AccountsError`` of the store.
    public func profilesSharingKey(of record: ProfileRecord) async throws -> [ProfileRecord] {
        try await profiles().filter { $0.apiKey.id == record.apiKey.id }
    }

    /// The late result of a profile's login: an answer that arrived after another process had saved newer tokens.
    package func lateResult(of record: ProfileRecord) async throws -> LateResult? {
        try await store.lateResult(of: record.login.id)
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
    public func verifyAudit() async throws -> AuditVerification { try await store.verifyAudit() }

    /// Copies the store and its key into a new directory, which appears when the copy is complete.
    package func backUp(to directory: String) async throws { try await store.backUp(to: directory) }

    // MARK: Adding and signing in

    /// Adds a profile and verifies it: a refresh token in the request is exchanged once, otherwise the user signs in. A
    /// failure leaves no profile behind. The store is created if there is none.
    ///
    /// - Throws: ``AccountsError`` `profile_exists`, `usage`, `input_required`, `closed`, and those of the sign-in or
    ///   exchange; `save_deferred` and those of the store when new tokens could not be saved in the database, in which
    ///   case the profile stays.
    public func add(_ request: ProfileRequest, interaction: SignInInteraction?) async throws -> ProfileRecord {
        try await services.work.run {
            try await ProfileAddition(request, interaction: interaction, registry: self).run()
        }
    }

    /// Signs the user of a profile in again; it must be the same user. The old tokens are kept until the new ones are
    /// saved. If the profile's login is damaged, it is mended first.
    ///
    /// - Throws: ``AccountsError`` `profile_not_found`, `wrong_user`, `login_denied`, `login_timed_out`,
    ///   `callback_ports_busy`, `lock_timeout`, `closed`, and those of the exchange; `save_deferred` and those of the
    ///   store when the new tokens could not be saved in the database.
    public func signIn(_ name: ProfileName, interaction: SignInInteraction) async throws -> ProfileRecord {
        try await services.work.run {
            let (record, stored) = try await mendedLogin(of: name)
            let signIn = SignIn(
                profile: record.name,
                login: record.login.id,
                credentials: ClientCredentials(registration: stored.apiKey.registration, secret: stored.clientSecret),
                scopes: stored.login.scopes,
                services: services
            )
            try await signIn.prepare(for: record.login.id)
            let code = try await signIn.authorize(interaction)
            try await signIn.complete(with: code, in: logins.tokens(of: record), note: interaction.note)
            return try await profile(named: name)
        }
    }

    // MARK: Changing

    /// Renames a profile.
    ///
    /// - Throws: ``AccountsError`` `profile_not_found`, `profile_exists`.
    public func rename(_ name: ProfileName, to newName: ProfileName) async throws {
        let record = try await profile(named: name)
        let row = AuditEntry(
            .profileChanged,
            profileName: newName.text,
            loginID: record.login.id,
            detail: ["renamed_from": record.name.text]
        )
        try await store.rename(record.profile.id, to: newName, audit: [row])
    }

    /// Changes the secret, callback, client authentication or rotation limits of a profile's API key.
    ///
    /// - Throws: ``AccountsError`` `profile_not_found`, `usage`, `input_required`.
    public func change(_ name: ProfileName, _ change: KeyChange) async throws {
        try await KeySetting(registry: self, name: name).run(change)
    }

    /// Changes a profile's fences (limits on what it may do). They apply to the next request of every session on it, in
    /// any process.
    ///
    /// - Throws: ``AccountsError`` `profile_not_found`, `usage`.
    public func change(_ name: ProfileName, _ change: FenceChange) async throws {
        let record = try await profile(named: name)
        let row = AuditEntry(
            .profileChanged,
            profileName: record.name.text,
            loginID: record.login.id,
            detail: change.auditDetail
        )
        do {
            try await store.change(record.profile.id, change, audit: [row])
        } catch let error as AccountsError {
            throw error.about(record.name)
        }
    }

    // MARK: Ending

    /// Removes a profile from this store. Removing the last profile of a login also removes the login, and removing the
    /// last login of an API key also removes the key. Nothing is revoked at the server.
    ///
    /// - Throws: ``AccountsError`` `profile_not_found`, `record_tampered`, `lock_timeout`, `closed`.
    public func remove(_ name: ProfileName) async throws {
        try await services.work.run {
            try await ProfileRemoval(registry: self, record: try await profile(named: name)).run()
        }
    }

    /// Removes a damaged profile from this store, and the logins and API keys that no profile uses any more.
    ///
    /// - Throws: ``AccountsError`` `profile_not_found`, `closed`.
    public func remove(_ profile: DamagedProfile) async throws {
        try await services.work.run {
            var row = AuditEntry(.profileRemoved, profileName: profile.name)
            row.outcome = profile.error.code.rawValue
            try await store.remove(profile.id, audit: [row])
        }
    }

    /// Erases a login's tokens in this store. Nothing is revoked at the server.
    ///
    /// - Returns: the other profiles on the login, which lose their tokens too.
    /// - Throws: ``AccountsError`` `profile_not_found`, `lock_timeout`, `closed`.
    public func signOut(_ name: ProfileName) async throws -> [ProfileRecord] {
        try await services.work.run {
            let record = try await profile(named: name)
            try await services.withLock(on: record.login.id) {
                let stored = try await settledLogin(of: record)
                let row = AuditEntry.erasure(.signedOut, of: stored, for: record.name)
                let crashed = AuditEntry.crashedAttempt(of: stored.login, for: record.name)
                try await store.eraseTokens(
                    of: stored.login.id,
                    leaving: .new,
                    audit: [crashed, row].compactMap { $0 }
                )
            }
            return try await profilesSharingLogin(of: record)
        }
    }

    /// Revokes the refresh tokens of a profile's API key at the server (RFC 7009) and erases the tokens of its logins here.
    ///
    /// At TradeStation, revoking one refresh token ends all tokens of the key (Refresh Tokens page). Other servers
    /// end only the revoked token, so the refresh token of every login is revoked.
    ///
    /// - Returns: the profiles that have to sign in again.
    /// - Throws: ``AccountsError`` `profile_not_found`, `login_required`, `server_unreachable`, `server_error`,
    ///   `client_rejected`, `closed`, `usage` when the key has no revocation endpoint.
    public func revoke(_ name: ProfileName) async throws -> [ProfileRecord] {
        try await services.work.run { try await KeyRevocation(registry: self, name: name).run() }
    }

    // MARK: Internal

    /// Saves tokens of a profile's login that could not be saved earlier, and returns the stored login. Call this only
    /// while holding the login's lock.
    func settledLogin(of record: ProfileRecord) async throws -> StoredLogin {
        let stored = try await storedLogin(of: record)
        return try await TokenSaver(services: services, login: logins.tokens(of: record)).settle(stored)
    }

    /// A profile and its stored login, which is mended if it is damaged.
    private func mendedLogin(of name: ProfileName) async throws -> (ProfileRecord, StoredLogin) {
        func read() async throws -> (ProfileRecord, StoredLogin) {
            let record = try await profile(named: name)
            return (record, try await storedLogin(of: record))
        }
        do {
            return try await read()
        } catch let error as AccountsError where error.code == .recordTampered {
            guard try await store.mendLogin(of: name) else { throw error }
            return try await read()
        }
    }

    /// The stored login of a profile, together with tokens that could not be saved yet.
    ///
    /// - Throws: ``AccountsError`` `profile_not_found` when it was removed meanwhile.
    func storedLogin(of record: ProfileRecord) async throws -> StoredLogin {
        do {
            if let stored = try await logins.tokens(of: record).read() { return stored }
        } catch let error as AccountsError {
            throw error.about(record.name)
        }
        throw AccountsError.profileRemoved.about(record.name)
    }
}
