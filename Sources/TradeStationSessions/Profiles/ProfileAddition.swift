import TradeStationModel
import TradeStationOAuth

/// Adds one profile: on the login of another profile, or with its own login, which is verified immediately.
struct ProfileAddition: Sendable {
    private let registry: ProfileRegistry
    private let request: ProfileRequest
    private let interaction: SignInInteraction?

    /// - Throws: ``AccountsError`` `usage` for an invalid account id.
    init(
        _ request: ProfileRequest,
        interaction: SignInInteraction?,
        registry: ProfileRegistry
    ) throws(AccountsError) {
        var request = request
        request.accounts = try request.accounts.map(Profile.checked)
        self.request = request
        self.interaction = interaction
        self.registry = registry
    }

    private var services: SessionServices { registry.services }

    func run() async throws -> ProfileRecord {
        try check()
        switch request.source {
        case .sameLogin(let other):
            let record = try await registry.profile(named: other)
            try await requireFreeName()
            return try await insert(.existing(record.login.id))
        case .key(let key):
            try await services.store.createIfMissing()
            try await requireFreeName()
            return try await add(with: key)
        }
    }

    /// Validates the request before anything is stored or sent.
    private func check() throws(AccountsError) {
        guard request.environment == .live || request.apiVersion == .v3 else {
            throw AccountsError(
                .usage,
                profile: request.name.text,
                "The simulator supports v3 only.",
                suggestion: "use --live --api-version v2, or --sim without --api-version"
            )
        }
        if let url = request.apiURL, request.environment == .sim, Fence.isLiveHost(url) {
            throw AccountsError(
                .usage,
                profile: request.name.text,
                "A simulator profile cannot use a live host: \(url)",
                suggestion: "leave out --api-url, or add the profile with --live"
            )
        }
    }

    private func requireFreeName() async throws {
        guard let known = try await services.store.profile(named: request.name) else { return }
        throw AccountsError(
            .profileExists,
            profile: request.name.text,
            "There is already a profile \"\(known.name)\".",
            reason: known.login.generation == 0 ? "Its login was never verified." : nil,
            suggestion: known.login.state == .ready && known.login.generation == 0
                ? "tsaccounts refresh \(known.name)" : "tsaccounts login \(known.name)"
        )
    }

    private func add(with request: ProfileRequest.KeyRequest) async throws -> ProfileRecord {
        let (key, credentials) = try await key(for: request)
        let scopes = request.scopes.joined(separator: " ")
        let login = NewProfile.NewLogin(
            key: key,
            scopes: scopes,
            identity: Identity(),
            tokens: nil,
            refreshToken: request.refreshToken
        )
        if let token = request.refreshToken, let owner = try await services.store.profile(withRefreshToken: token) {
            throw AccountsError.refreshTokenTaken(by: owner).aboutUnadded(self.request)
        }
        guard self.request.signsIn else { return try await insert(.new(login)) }
        if request.refreshToken != nil { return try await verify(try await insert(.new(login))) }
        guard let interaction else {
            throw AccountsError(
                .inputRequired,
                profile: self.request.name.text,
                "Signing in requires user interaction.",
                suggestion:
                    "use --refresh-token-file FILE, or --no-login and then tsaccounts login \(self.request.name.text)"
            )
        }
        return try await signIn(login, credentials, interaction)
    }

    /// Signs in, then inserts the profile, then exchanges the code. In this order, there is a login to save the tokens
    /// for.
    private func signIn(
        _ login: NewProfile.NewLogin,
        _ credentials: ClientCredentials,
        _ interaction: SignInInteraction
    ) async throws -> ProfileRecord {
        func signIn(_ id: Login.ID?) -> SignIn {
            SignIn(profile: request.name, login: id, credentials: credentials, scopes: login.scopes, services: services)
        }
        let code: AuthorizationCode
        do {
            code = try await signIn(nil).authorize(interaction)
        } catch let error as AccountsError {
            throw error.forUnaddedProfile(request.name)
        }
        let record: ProfileRecord
        do {
            record = try await signIn(nil).recordingFailure {
                try await signIn(nil).beforeExchange { try await insertPatiently(.new(login)) }
            }
        } catch let error as AccountsError {
            throw error.forUnaddedProfile(request.name)
        }
        return try await keepingIfVerified(record) {
            try await signIn(record.login.id)
                .complete(with: code, in: registry.logins.tokens(of: record), note: interaction.note)
        }
    }

    /// Exchanges the refresh token of the request with an ordinary refresh, so that a rotated token is never lost.
    private func verify(_ record: ProfileRecord) async throws -> ProfileRecord {
        try await keepingIfVerified(record) {
            let login = registry.logins.tokens(of: record)
            let result = try await login.refresh(
                services.request(.attempt(unlessNewerThan: 0), for: request.name, of: login.id)
            )
            if let failure = result.saveFailure { throw failure.about(request.name) }
        }
    }

    /// Removes the profile again if `body` fails before the server has returned tokens. If it fails after that, the
    /// profile stays, because its tokens exist nowhere else.
    private func keepingIfVerified(
        _ record: ProfileRecord,
        _ body: () async throws -> Void
    ) async throws -> ProfileRecord {
        do {
            try await body()
        } catch {
            // Runs in an unstructured task so that a cancelled `add` also leaves no profile.
            let isRemoved = await Task { await removeIfUnverified(record) }.value
            guard let error = error as? AccountsError else { throw error }
            throw isRemoved ? error.forUnaddedProfile(request.name) : error.about(request.name)
        }
        return try await registry.profile(named: request.name)
    }

    /// Removes the profile unless its login has tokens. Waits for a refresh that is still in progress.
    private func removeIfUnverified(_ record: ProfileRecord) async -> Bool {
        let login = registry.logins.tokens(of: record)
        await login.flight?.task.value
        let isRemoved = try? await services.withLock(on: login.id) {
            guard let stored = try await login.read(), stored.login.generation == 0, stored.staged == nil else {
                return false
            }
            try await ProfileRemoval(registry: registry, record: record).remove(endingAttemptOf: stored.login)
            return true
        }
        return isRemoved ?? false
    }

    /// Inserts the profile after the user has signed in. If the database is busy, this is tried several times, and each
    /// time the store waits for some seconds: otherwise the user would have to sign in again.
    private func insertPatiently(_ login: NewProfile.LoginSource) async throws -> ProfileRecord {
        for _ in 1..<Self.maximumInserts {
            do {
                return try await insert(login)
            } catch let error as AccountsError where error.code == .storeBusy {
                try Task.checkCancellation()
            }
        }
        return try await insert(login)
    }

    private static let maximumInserts = 6

    private func insert(_ login: NewProfile.LoginSource) async throws -> ProfileRecord {
        var loginID: Login.ID?
        if case .existing(let id) = login { loginID = id }
        var detail = ["environment": request.environment.rawValue, "api_version": request.apiVersion.rawValue]
        if request.isReadOnly { detail["read_only"] = "on" }
        detail["accounts"] = request.accounts?.joined(separator: " ")
        let row = AuditEntry(.profileAdded, profileName: request.name.text, loginID: loginID, detail: detail)
        return try await services.store.add(
            NewProfile(
                name: request.name,
                environment: request.environment,
                apiVersion: request.apiVersion,
                apiURL: request.apiURL,
                isReadOnly: request.isReadOnly,
                accounts: request.accounts,
                login: login
            ),
            audit: [row]
        )
    }

    private func key(
        for request: ProfileRequest.KeyRequest
    ) async throws -> (NewProfile.Key, ClientCredentials) {
        let tokenURL = try request.tokenURL ?? EndpointURL(ClientRegistration.tradeStationTokenURL)
        if let known = try await services.store.apiKey(clientID: request.clientID, tokenURL: tokenURL) {
            try request.requireAgreement(with: known.key, storedSecret: known.secret)
            return (
                .existing(known.key.id),
                ClientCredentials(registration: known.key.registration, secret: known.secret)
            )
        }
        let registration = try request.registration()
        return (
            .new(registration, secret: request.secret),
            ClientCredentials(registration: registration, secret: request.secret)
        )
    }
}

extension AccountsError {
    /// This error for a profile that was not added: the suggested command gets its name and environment.
    fileprivate func aboutUnadded(_ request: ProfileRequest) -> AccountsError {
        let suggestion = suggestion?.replacing(
            "profile NAME",
            with: "profile \(request.name) --\(request.environment.rawValue)"
        )
        return AccountsError(code, profile: request.name.text, message, reason: reason, suggestion: suggestion)
    }

    /// This error for a profile that was not added: the suggestion must not use the profile, which does not exist.
    fileprivate func forUnaddedProfile(_ name: ProfileName) -> AccountsError {
        let advice: String? =
            switch code {
            case .clientRejected: "run the same command with the right client id and secret"
            case .loginRequired:
                "run the same command with a refresh token that still works, or without --refresh-token-file to sign in"
            default: suggestion
            }
        return AccountsError(code, profile: name.text, message, reason: reason, suggestion: advice)
    }
}
