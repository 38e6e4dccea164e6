import TradeStationModel
import TradeStationOAuth

/// A user's sign-in to a login. First the user signs in with a browser. Then, under the login's lock, the code is
/// exchanged and the tokens are saved.
struct SignIn: Sendable {
    /// The profile to sign in.
    let profile: ProfileName
    /// The login; nil before a new profile has one.
    let login: Login.ID?
    let credentials: ClientCredentials
    /// The scopes to ask for, separated by spaces.
    let scopes: String
    let services: SessionServices

    /// Lets the user sign in with a browser. No lock is held meanwhile.
    ///
    /// - Throws: ``AccountsError`` `login_denied`, `login_timed_out`, `callback_ports_busy`, `input_required`;
    ///   `CancellationError`.
    func authorize(_ interaction: SignInInteraction) async throws -> AuthorizationCode {
        try NetworkCapacity.requireOnce()
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

    /// Reserves the space that the answer needs, so that a full or read-only disk stops a sign-in before the browser opens.
    ///
    /// - Throws: ``AccountsError`` `store_full`, `store_readonly`.
    func prepare(for login: Login.ID) async throws {
        try await recordingFailure { try await services.store.prepareStaging(for: login) }
    }

    /// Exchanges the code and saves the tokens. The old tokens stay until the new ones are saved. Before the code is
    /// exchanged, the lock is taken and the space for the answer is reserved, so that the answer can be saved.
    ///
    /// - Throws: ``AccountsError`` `wrong_user`, `login_denied`, `lock_timeout`, and those of the exchange;
    ///   `save_deferred` and those of the store when the database does not have the new tokens: the login's next refresh
    ///   saves them; `login_required` when another process has signed the user out meanwhile.
    func complete(
        with code: AuthorizationCode,
        in login: LoginTokens,
        note: @escaping @Sendable (String) -> Void
    ) async throws {
        let saveFailure = try await recordingFailure {
            let lock = try await beforeExchange {
                try await services.store.lock(login.id, timeoutMilliseconds: services.timeoutMilliseconds)
            }
            defer { lock.unlock() }
            let stored = try await beforeExchange {
                guard let found = try await login.read() else { throw AccountsError.profileRemoved }
                let stored = try await TokenSaver(services: services, login: login).settle(found)
                try NetworkCapacity.require()
                try await services.store.prepareStaging(for: login.id)
                return stored
            }
            // Runs in an unstructured task so that cancellation cannot lose the tokens: a code works only once.
            return try await Task {
                let grant = try await redeem(code, over: stored, in: login, note: note)
                try requireSameUser(grant, as: stored.login)
                try await requireUnknownToken(grant, in: login.id)
                return await save(grant, over: stored, in: login)
            }.value
        }
        if let saveFailure { throw saveFailure.about(profile) }
    }

    private func redeem(
        _ code: AuthorizationCode,
        over stored: StoredLogin,
        in login: LoginTokens,
        note: (String) -> Void
    ) async throws -> SignInGrant {
        let sent = services.clock.now()
        let answer = await services.endpoint.exchange(
            code: code.code,
            verifier: code.verifier,
            redirectURI: code.redirectURI,
            for: credentials,
            at: sent.wall,
            // A code works only once, so its tokens are lost with the answer.
            within: Int(services.answerLimits.longest)
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
            let result = SignInGrant(grant, sent: sent, received: received)
            if let warning = result.warning { note(warning) }
            return result
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

    private func requireSameUser(_ grant: SignInGrant, as login: Login) throws {
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

    /// Saves the tokens, even if another process has saved a newer generation meanwhile: the user has signed in since,
    /// and the tokens of a sign-in do not depend on earlier ones.
    ///
    /// - Returns: Why the database does not have the tokens; nil if it has them.
    private func save(_ grant: SignInGrant, over stored: StoredLogin, in login: LoginTokens) async -> AccountsError? {
        var stored = stored
        for _ in 0..<Self.maximumSaves {
            let staged = stagedTokens(grant.tokens, identity: grant.identity, over: stored)
            var row = signedInRow(staged, login.id)
            row.detail = grant.detail
            row.httpStatus = grant.httpStatus
            row.durationMilliseconds = grant.durationMilliseconds
            let rows = [AuditEntry.crashedAttempt(of: stored.login, for: profile), row].compactMap { $0 }
            let saved = await TokenSaver(services: services, login: login).save(staged, over: stored, rows)
            if let result = saved.result(of: staged, over: stored, .refreshed) {
                login.adopt(result)
                return saved.failure
            }
            guard let newer = try? await login.read() else { break }
            guard newer.refreshToken != nil else { return .signedOutMeanwhile }
            stored = newer
        }
        return .overtaken
    }

    /// A server may answer a second sign-in with the refresh token of the first. Two logins must not share it.
    private func requireUnknownToken(_ grant: SignInGrant, in login: Login.ID) async throws {
        guard let token = grant.tokens.refreshToken,
            let owner = try? await services.store.profile(withRefreshToken: token),
            let record = try? await services.store.profile(named: owner), record.login.id != login
        else { return }
        throw AccountsError.refreshTokenReturned(of: owner).about(profile)
    }

    /// How often saving is tried if another process saves a newer generation first. That is rare, because the login's
    /// lock is held.
    private static let maximumSaves = 3

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

    /// Runs a part of the sign-in whose failure is recorded in the audit. If the audit cannot be written, the caller
    /// still gets the original failure.
    func recordingFailure<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as AccountsError {
            var row = AuditEntry(.signInFailed, profileName: profile.text, loginID: login)
            row.outcome = error.code.rawValue
            // Runs in an unstructured task so that a cancelled sign-in is recorded too.
            _ = await Task { [row] in try? await services.store.record([row]) }.value
            throw login == nil ? error : error.about(profile)
        }
    }

    /// Runs a step between the browser and the exchange. If the step fails, the error says that no token was lost.
    func beforeExchange<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as AccountsError {
            let consequence = "The user signed in, but the code was not exchanged, so no token is lost."
            throw AccountsError(
                error.code,
                error.message,
                reason: [error.reason, consequence].compactMap { $0 }.joined(separator: " "),
                suggestion: error.suggestion
            )
        }
    }
}
