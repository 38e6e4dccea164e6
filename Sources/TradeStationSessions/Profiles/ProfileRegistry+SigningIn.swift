public import TradeStationModel
import TradeStationOAuth

extension ProfileRegistry {
    /// Signs the user of a profile in again. The user must be the same as before; until the new tokens are saved the
    /// old ones stay.
    ///
    /// - Throws: ``AccountsError`` `profile_not_found`, `wrong_user`, `login_denied`, `login_timed_out`,
    ///   `callback_ports_busy`, `lock_timeout`, `closed`, and those of the exchange.
    public func signIn(_ name: ProfileName, interaction: SignInInteraction) async throws -> ProfileRecord {
        try await work.run { try await renewed(name, interaction) }
    }

    private func renewed(_ name: ProfileName, _ interaction: SignInInteraction) async throws -> ProfileRecord {
        let record = try await profile(named: name)
        let stored = try await storedLogin(of: record)
        let credentials = ClientCredentials(registration: stored.apiKey.registration, secret: stored.clientSecret)
        let grant = try await signIn(
            credentials,
            scopes: stored.login.scopes,
            interaction,
            profileName: name,
            login: stored.login.id
        )
        // A code can be used once: from here on nobody's cancellation may lose what it brought.
        try await Task {
            try await refuseStranger(grant, record)
            try await save(grant, record)
        }.value
        return try await profile(named: name)
    }

    /// A sign-in whose failure stands in the audit.
    func signIn(
        _ credentials: ClientCredentials,
        scopes: String,
        _ interaction: SignInInteraction,
        profileName: ProfileName,
        login: Login.ID?
    ) async throws -> SignIn.Grant {
        let signIn = SignIn(
            credentials: credentials,
            scopes: scopes,
            endpoint: endpoint,
            clock: clock,
            random: random
        )
        do {
            return try await signIn.run(interaction)
        } catch let error as AccountsError {
            var entry = AuditEntry(.signInFailed, profileName: profileName.text, loginID: login)
            entry.outcome = error.code.rawValue
            try await store.record([entry])
            throw login == nil ? error : error.about(profileName)
        }
    }

    /// The audit row of a sign-in.
    func signedInEntry(_ grant: SignIn.Grant, _ name: ProfileName, login: Login.ID? = nil) -> AuditEntry {
        var entry = AuditEntry(.signedIn, profileName: name.text, loginID: login)
        entry.generationAfter = 1
        entry.refreshTokenAfter = grant.tokens.refreshToken
        entry.accessTokenAfter = grant.tokens.accessToken
        entry.expiresAt = grant.tokens.expiresAt.wall
        entry.httpStatus = grant.httpStatus
        entry.durationMilliseconds = grant.durationMilliseconds
        return entry
    }

    private func refuseStranger(_ grant: SignIn.Grant, _ record: ProfileRecord) async throws {
        guard let known = record.login.identity.subject, grant.identity.subject != known else { return }
        var entry = AuditEntry(.signInFailed, profileName: record.profile.name.text, loginID: record.login.id)
        entry.outcome = AccountsError.Code.wrongUser.rawValue
        try await store.record([entry])
        let before = (record.login.identity.username ?? known).printable(limit: 60)
        let now = (grant.identity.username ?? grant.identity.subject ?? "somebody unnamed").printable(limit: 60)
        throw AccountsError(
            .wrongUser,
            profile: record.profile.name.text,
            "\(now) signed in, but this profile belongs to \(before).",
            reason: "The old sign-in was kept.",
            suggestion:
                "tsaccounts login \(record.profile.name.text) as \(before), or tsaccounts add profile for \(now)"
        )
    }

    private func save(_ grant: SignIn.Grant, _ record: ProfileRecord) async throws {
        try await withLock(on: record) {
            let current = try await storedLogin(of: record)
            let staged = StagedTokens(
                parentGeneration: current.login.generation,
                attemptID: random.hex(bytes: 16),
                tokens: grant.tokens,
                identity: grant.identity,
                rotation: .unknown,
                isSignIn: true
            )
            var entry = signedInEntry(grant, record.profile.name, login: record.login.id)
            entry.attemptID = staged.attemptID
            entry.generationBefore = current.login.generation
            entry.generationAfter = current.login.generation + 1
            var stageFailure: (any Error)?
            do {
                try await store.stage(staged, for: record.login.id)
            } catch {
                stageFailure = error
            }
            do {
                _ = try await store.commit(
                    staged.commit(to: current.login),
                    to: record.login.id,
                    audit: [current.login.danglingAttemptEntry(for: record.profile.name), entry].compactMap { $0 }
                )
            } catch {
                if let stageFailure { throw stageFailure }
                try await store.synchronizeStaged(for: record.login.id)
                throw AccountsError.saveDeferred(because: error as? AccountsError).about(record.profile.name)
            }
        }
    }
}
