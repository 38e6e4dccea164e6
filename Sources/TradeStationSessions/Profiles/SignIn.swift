import TradeStationModel
import TradeStationOAuth

/// A user's sign-in to a login: first the browser, then, under the login's lock, the exchange of the code and saving.
struct SignIn: Sendable {
    /// The profile to sign in.
    let profile: ProfileName
    /// The login; nil before a new profile has one.
    let login: Login.ID?
    let credentials: ClientCredentials
    /// The scopes to ask for, separated by spaces.
    let scopes: String
    let services: SessionServices

    /// The result of exchanging a code.
    private struct Grant: Sendable {
        let tokens: TokenSet
        let identity: Identity
        let httpStatus: Int
        let durationMilliseconds: Int
    }

    /// Lets the user sign in with a browser. No lock is held meanwhile.
    ///
    /// - Throws: ``AccountsError`` `login_denied`, `login_timed_out`, `callback_ports_busy`, `input_required`;
    ///   `CancellationError`.
    func authorize(_ interaction: SignInInteraction) async throws -> AuthorizationCode {
        let flow = AuthorizationCodeFlow(
            registration: credentials.registration,
            scopes: scopes.split(separator: " ").map(String.init),
            random: services.random,
            time: services.clock,
            limits: CallbackLimits(
                listens: interaction.usesCallback,
                signInMilliseconds: interaction.timeLimit.wholeMilliseconds
            )
        )
        return try await recordingFailure {
            try await flow.run(present: interaction.present, pasted: interaction.pasted, note: interaction.note)
        }
    }

    /// Exchanges the code and saves the tokens. The old tokens stay until then.
    ///
    /// - Throws: ``AccountsError`` `wrong_user`, `login_denied`, `lock_timeout`, and those of the exchange;
    ///   `save_deferred` and those of the store when the database does not have the new tokens: the login's next refresh
    ///   saves them.
    func complete(
        with code: AuthorizationCode,
        in login: LoginTokens,
        note: @escaping @Sendable (String) -> Void
    ) async throws {
        try await services.withLock(on: login.id) {
            guard let stored = try await login.read() else { throw AccountsError.profileRemoved.about(profile) }
            try await services.store.prepareStaging(for: login.id)
            // Runs in an unstructured task so that cancellation cannot lose the tokens: a code works only once.
            try await Task {
                let grant = try await recordingFailure {
                    let grant = try await redeem(code, over: stored, in: login, note: note)
                    try requireSameUser(grant, as: stored.login)
                    try await requireUnknownToken(grant, in: login.id)
                    return grant
                }
                try await save(grant, over: stored, in: login)
            }.value
        }
    }

    private func redeem(
        _ code: AuthorizationCode,
        over stored: StoredLogin,
        in login: LoginTokens,
        note: (String) -> Void
    ) async throws -> Grant {
        let sent = services.clock.now()
        let answer = await services.endpoint.exchange(
            code: code.code,
            verifier: code.verifier,
            redirectURI: code.redirectURI,
            for: credentials
        )
        let received = services.clock.now()
        switch answer {
        case .failed(let failure):
            if let refreshToken = failure.salvagedRefreshToken { await salvage(refreshToken, over: stored, in: login) }
            throw AccountsError.signInFailed(failure)
        case .granted(let grant):
            if let idToken = grant.idToken {
                try TokenClaims.validate(
                    idToken: idToken,
                    clientID: credentials.registration.clientID,
                    nonce: code.nonce,
                    issuer: code.issuer,
                    now: received.wall
                )
            }
            if grant.refreshToken == nil {
                note(
                    "The sign-in server returned no refresh token: this sign-in ends when its access token expires. Request the scope offline_access."
                )
            }
            return Grant(
                tokens: TokenSet(
                    accessToken: grant.accessToken,
                    refreshToken: grant.refreshToken,
                    idToken: grant.idToken,
                    expiresAt: sent.advanced(byMilliseconds: Int64(grant.lifetimeSeconds) * 1000),
                    lifetimeSeconds: grant.lifetimeSeconds
                ),
                identity: TokenClaims.identity(idToken: grant.idToken, accessToken: grant.accessToken),
                httpStatus: grant.httpStatus,
                durationMilliseconds: Int(received.bootMilliseconds - sent.bootMilliseconds)
            )
        }
    }

    /// Saves the refresh token of an otherwise unusable answer. The answer does not show whose token it is, so this is
    /// done only for a login whose user is not known yet.
    private func salvage(_ refreshToken: Secret, over stored: StoredLogin, in login: LoginTokens) async {
        guard stored.login.identity.subject == nil else { return }
        let tokens = TokenSet(
            accessToken: Secret(""),
            refreshToken: refreshToken,
            idToken: nil,
            expiresAt: services.clock.now(),
            lifetimeSeconds: 1
        )
        let staged = stagedTokens(tokens, identity: Identity(), over: stored)
        var row = signedInRow(staged, login.id)
        row.outcome = AuditOutcome.refreshTokenSalvaged
        _ = await TokenSaver(services: services, login: login).save(staged, over: stored, [row])
    }

    private func requireSameUser(_ grant: Grant, as login: Login) throws {
        guard let known = login.identity.subject, grant.identity.subject != known else { return }
        let before = (login.identity.username ?? known).printable(limit: 60)
        let now = (grant.identity.username ?? grant.identity.subject ?? "an unknown user").printable(limit: 60)
        throw AccountsError(
            .wrongUser,
            profile: profile.text,
            "\(now) signed in, but this profile belongs to \(before).",
            reason: "The old sign-in was kept.",
            suggestion: "run tsaccounts login \(profile) and sign in as \(before), or add a profile for \(now)"
        )
    }

    /// A server may answer a second sign-in with the refresh token of the first. Two logins must not share it.
    private func requireUnknownToken(_ grant: Grant, in login: Login.ID) async throws {
        guard let token = grant.tokens.refreshToken,
            let owner = try? await services.store.profile(withRefreshToken: token),
            let record = try? await services.store.profile(named: owner), record.login.id != login
        else { return }
        throw AccountsError(
            .usage,
            profile: profile.text,
            "The sign-in server returned the refresh token that the login of profile \"\(owner)\" already has.",
            reason: "Two logins with one refresh token end each other's sign-in.",
            suggestion: "use the profile \(owner), or share its login: "
                + "tsaccounts add profile NAME --same-login-as \(owner)"
        )
    }

    private func save(_ grant: Grant, over stored: StoredLogin, in login: LoginTokens) async throws {
        let staged = stagedTokens(grant.tokens, identity: grant.identity, over: stored)
        var row = signedInRow(staged, login.id)
        row.httpStatus = grant.httpStatus
        row.durationMilliseconds = grant.durationMilliseconds
        let rows = [AuditEntry.crashedAttempt(of: stored.login, for: profile), row].compactMap { $0 }
        let saved = await TokenSaver(services: services, login: login).save(staged, over: stored, rows)
        if let result = saved.result(of: staged, over: stored, .refreshed) { login.adopt(result) }
        if let failure = saved.failure { throw failure.about(profile) }
    }

    private func stagedTokens(_ tokens: TokenSet, identity: Identity, over stored: StoredLogin) -> StagedTokens {
        StagedTokens(
            parentGeneration: stored.login.generation,
            attemptID: services.random.hex(bytes: 16),
            tokens: tokens,
            identity: identity,
            rotation: .unknown,
            isSignIn: true
        )
    }

    private func signedInRow(_ staged: StagedTokens, _ login: Login.ID) -> AuditEntry {
        var row = AuditEntry(.signedIn, profileName: profile.text, loginID: login)
        row.attemptID = staged.attemptID
        row.generationBefore = staged.parentGeneration
        row.generationAfter = staged.parentGeneration + 1
        row.refreshTokenAfter = staged.tokens.refreshToken
        row.accessTokenAfter = staged.tokens.accessToken.isEmpty ? nil : staged.tokens.accessToken
        row.expiresAt = staged.tokens.expiresAt.wall
        return row
    }

    /// Runs a part of the sign-in whose failure is recorded in the audit.
    private func recordingFailure<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as AccountsError {
            var row = AuditEntry(.signInFailed, profileName: profile.text, loginID: login)
            row.outcome = error.code.rawValue
            try await services.store.record([row])
            throw login == nil ? error : error.about(profile)
        }
    }
}

extension AccountsError {
    /// The error that the user sees after a failed code exchange.
    fileprivate static func signInFailed(_ failure: TokenFailure) -> AccountsError {
        guard failure.kind == .invalidGrant || failure.kind == .outcomeUnknown else { return failure.accountsError() }
        return AccountsError(
            failure.kind == .invalidGrant ? .loginDenied : failure.code,
            "The sign-in could not be completed: the authorization code was not exchanged.",
            reason: failure.description ?? failure.oauthError?.printable(limit: 60),
            suggestion: "sign in again"
        )
    }
}
