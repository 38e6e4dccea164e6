public import TradeStationModel
import TradeStationOAuth

extension ProfileRegistry {
    /// Adds a profile, verified: a refresh token that was handed in is exchanged once, otherwise the user signs in.
    /// What turns out bad leaves no row.
    ///
    /// - Throws: ``AccountsError`` `profile_exists`, `usage`, `input_required`, `closed`, and those of the sign-in or
    ///   exchange.
    public func add(_ request: ProfileRequest, interaction: SignInInteraction?) async throws -> ProfileRecord {
        try await work.run { try await added(request, interaction) }
    }

    private func added(_ request: ProfileRequest, _ interaction: SignInInteraction?) async throws -> ProfileRecord {
        guard request.environment == .live || request.apiVersion == .v3 else {
            throw AccountsError(
                .usage,
                profile: request.name.text,
                "The simulator speaks v3 only.",
                suggestion: "--live --api-version v2, or --sim without --api-version"
            )
        }
        if let url = request.apiURL, request.environment == .sim, Fence.isLiveHost(url) {
            throw AccountsError(
                .usage,
                profile: request.name.text,
                "A simulator profile cannot point at a live host: \(url)",
                suggestion: "leave out --api-url, or add the profile with --live"
            )
        }
        var request = request
        request.accounts = try request.accounts.map(Profile.checked)
        if let known = try await store.profile(named: request.name) {
            throw AccountsError(
                .profileExists,
                profile: request.name.text,
                "There is already a profile \"\(known.profile.name)\".",
                reason: known.login.generation == 0 ? "Its login was never verified." : nil,
                suggestion: known.login.state == .ready && known.login.generation == 0
                    ? "tsaccounts refresh \(known.profile.name)" : "tsaccounts login \(known.profile.name)"
            )
        }
        switch request.source {
        case .sameLogin(let other):
            let record = try await profile(named: other)
            return try await insert(request, .existing(record.login.id), [])
        case .key(let keyRequest):
            return try await add(request, keyRequest, interaction)
        }
    }

    private func add(
        _ request: ProfileRequest,
        _ keyRequest: ProfileRequest.KeyRequest,
        _ interaction: SignInInteraction?
    ) async throws -> ProfileRecord {
        let (key, credentials) = try await key(for: keyRequest)
        let scopes = keyRequest.scopes.joined(separator: " ")
        if let refreshToken = keyRequest.refreshToken {
            let login = NewProfile.NewLogin(
                key: key,
                scopes: scopes,
                identity: Identity(),
                tokens: nil,
                refreshToken: refreshToken
            )
            return try await addAndVerify(request, login)
        }
        guard request.signsIn else {
            let login = NewProfile.NewLogin(key: key, scopes: scopes, identity: Identity(), tokens: nil)
            return try await insert(request, .new(login), [])
        }
        guard let interaction else {
            throw AccountsError(
                .inputRequired,
                profile: request.name.text,
                "A sign-in needs a person.",
                suggestion: "--refresh-token-file FILE, or --no-login and later tsaccounts login \(request.name.text)"
            )
        }
        let grant: SignIn.Grant
        do {
            grant = try await signIn(
                credentials,
                scopes: scopes,
                interaction,
                profileName: request.name,
                login: nil
            )
        } catch let error as AccountsError {
            throw error.nothingWasAdded(request.name)
        }
        let login = NewProfile.NewLogin(
            key: key,
            scopes: scopes,
            identity: grant.identity,
            tokens: grant.tokens
        )
        return try await insert(request, .new(login), [signedInEntry(grant, request.name)])
    }

    /// The token that was handed in is stored first and exchanged by the ordinary refresh transaction, so that a
    /// rotated successor is never lost; if it turns out bad, everything is taken back.
    private func addAndVerify(_ request: ProfileRequest, _ login: NewProfile.NewLogin) async throws -> ProfileRecord {
        let record = try await insert(request, .new(login), [])
        guard request.signsIn else { return record }
        let intent = RefreshIntent.attempt(unlessNewerThan: 0)
        let deadline = clock.bootMilliseconds() + timeoutMilliseconds
        let order = RefreshCoordinator.Order(
            login: record.login.id,
            profile: request.name,
            intent: intent,
            deadline: deadline,
            flight: RefreshFlight(intent: intent, deadline: deadline, clock: clock)
        )
        do {
            let result = try await coordinator.run(order)
            if let failure = result.saveFailure { throw failure }
        } catch {
            // A token that has been exchanged exists nowhere else: then the profile stays.
            let stored = try await storedLogin(of: record)
            if stored.login.generation == 0 && stored.staged == nil { try await takeBack(record) }
            throw (error as? AccountsError)?.nothingWasAdded(request.name) ?? error
        }
        return try await profile(named: request.name)
    }

    /// Shielded from cancellation: an interrupted `add` leaves no row either.
    private func takeBack(_ record: ProfileRecord) async throws {
        try await Task { try await remove(record.profile.name) }.value
    }

    private func insert(
        _ request: ProfileRequest,
        _ login: NewProfile.LoginSource,
        _ entries: [AuditEntry]
    ) async throws -> ProfileRecord {
        var loginID: Login.ID?
        if case .existing(let id) = login { loginID = id }
        var detail = ["environment": request.environment.rawValue, "api_version": request.apiVersion.rawValue]
        if request.isReadOnly { detail["read_only"] = "on" }
        detail["accounts"] = request.accounts?.joined(separator: " ")
        let added = AuditEntry(
            .profileAdded,
            profileName: request.name.text,
            loginID: loginID,
            detail: detail
        )
        return try await store.add(
            NewProfile(
                name: request.name,
                environment: request.environment,
                apiVersion: request.apiVersion,
                apiURL: request.apiURL,
                isReadOnly: request.isReadOnly,
                accounts: request.accounts,
                login: login
            ),
            audit: [added] + entries
        )
    }

    private func key(
        for request: ProfileRequest.KeyRequest
    ) async throws -> (NewProfile.Key, ClientCredentials) {
        let tokenURL = try request.tokenURL ?? EndpointURL(ClientRegistration.tradeStationTokenURL)
        if let known = try await store.apiKey(clientID: request.clientID, tokenURL: tokenURL) {
            try request.agrees(with: known.key, storedSecret: known.secret)
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
    /// The same failure of a profile that does not exist because of it: advice must not name it.
    fileprivate func nothingWasAdded(_ name: ProfileName) -> AccountsError {
        let advice: String? =
            switch code {
            case .clientRejected: "the same command with the right client id and secret"
            case .loginRequired: "the same command with a refresh token that still works, or with a sign-in"
            default: suggestion
            }
        return AccountsError(code, profile: name.text, message, reason: reason, suggestion: advice)
    }
}
