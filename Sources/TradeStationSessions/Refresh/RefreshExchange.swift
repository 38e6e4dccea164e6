import TradeStationModel
import TradeStationOAuth

/// One attempt: what goes out, and how its answer reads as tokens and as audit rows. Pure.
struct RefreshExchange: Sendable {
    let order: RefreshCoordinator.Order
    let stored: StoredLogin
    let refreshToken: Secret
    let retry: Int
    let attempt: Attempt

    var credentials: ClientCredentials {
        ClientCredentials(registration: stored.apiKey.registration, secret: stored.clientSecret)
    }

    // MARK: Tokens

    /// The answer as it goes to the side file and the database: what it leaves out is kept.
    func staged(_ grant: TokenGrant, sent: Moment) -> StagedTokens {
        StagedTokens(
            parentGeneration: stored.login.generation,
            attemptID: attempt.id,
            tokens: TokenSet(
                accessToken: grant.accessToken,
                refreshToken: grant.refreshToken ?? refreshToken,
                idToken: grant.idToken ?? stored.tokens?.idToken,
                expiresAt: sent.advanced(byMilliseconds: Int64(grant.lifetimeSeconds) * 1000),
                lifetimeSeconds: grant.lifetimeSeconds
            ),
            identity: TokenClaims.identity(idToken: grant.idToken, accessToken: grant.accessToken),
            rotation: isRotated(by: grant) ? .rotating : .static
        )
    }

    /// A refresh token that came in an otherwise unusable answer, beside the access token there is.
    func salvaged(_ refreshToken: Secret, now: Moment) -> StagedTokens {
        StagedTokens(
            parentGeneration: stored.login.generation,
            attemptID: attempt.id,
            tokens: TokenSet(
                accessToken: stored.tokens?.accessToken ?? Secret(""),
                refreshToken: refreshToken,
                idToken: stored.tokens?.idToken,
                expiresAt: stored.tokens?.expiresAt ?? now,
                lifetimeSeconds: stored.tokens?.lifetimeSeconds ?? 1
            ),
            identity: Identity(),
            rotation: .rotating
        )
    }

    private func isRotated(by grant: TokenGrant) -> Bool {
        grant.refreshToken.map { $0 != refreshToken } ?? false
    }

    // MARK: Audit

    /// What came of it, in a word.
    func outcome(of answer: TokenAnswer) -> String {
        switch answer {
        case .granted(let grant): isRotated(by: grant) ? "rotated" : "renewed"
        case .failed(let failure): failure.code.rawValue
        }
    }

    /// T1's rows: a dead process's attempt is named first.
    var startEntries: [AuditEntry] {
        var started = entry(.refreshStarted)
        started.refreshTokenBefore = refreshToken
        return [stored.login.danglingAttemptEntry(for: order.profile), started].compactMap { $0 }
    }

    func successEntry(_ grant: TokenGrant, _ staged: StagedTokens, duration: Int, waiters: Int) -> AuditEntry {
        var entry = entry(.refreshSucceeded)
        entry.outcome = outcome(of: .granted(grant))
        entry.generationAfter = staged.parentGeneration + 1
        entry.refreshTokenBefore = refreshToken
        entry.refreshTokenAfter = staged.tokens.refreshToken
        entry.accessTokenAfter = staged.tokens.accessToken
        entry.expiresAt = staged.tokens.expiresAt.wall
        entry.httpStatus = grant.httpStatus
        entry.durationMilliseconds = duration
        entry.waiters = waiters
        if grant.lifetimeWasAssumed { entry.detail["expires_in"] = "assumed" }
        if let lost = lostScopes(grant) { entry.detail["scope_reduced"] = lost }
        if staged.speakForStranger(to: stored.login) { entry.detail["subject"] = "changed" }
        if stored.apiKey.rotation == .static, staged.rotation == .rotating { entry.detail["rotation"] = "began" }
        return entry
    }

    func failureEntry(_ failure: TokenFailure, duration: Int, waiters: Int) -> AuditEntry {
        var entry = entry(failure.kind == .outcomeUnknown ? .outcomeUnknown : .refreshFailed)
        entry.outcome = outcome(of: .failed(failure))
        entry.refreshTokenBefore = refreshToken
        entry.httpStatus = failure.httpStatus
        entry.oauthError = failure.oauthError?.printable(limit: 60)
        entry.durationMilliseconds = duration
        entry.waiters = waiters
        if let description = failure.description { entry.detail["description"] = description }
        if let seconds = failure.retryAfterSeconds { entry.detail["retry_after_seconds"] = String(seconds) }
        return entry
    }

    func needsLoginEntry(because code: AccountsError.Code) -> AuditEntry {
        var entry = entry(.needsLogin)
        entry.outcome = code.rawValue
        entry.refreshTokenBefore = refreshToken
        return entry
    }

    private func entry(_ event: AuditEvent) -> AuditEntry {
        var entry = AuditEntry(event, profileName: order.profile.text, loginID: order.login)
        entry.attemptID = attempt.id
        entry.generationBefore = stored.login.generation
        entry.trigger = order.intent.trigger
        entry.retryNumber = retry
        return entry
    }

    private func lostScopes(_ grant: TokenGrant) -> String? {
        guard let granted = grant.scope else { return nil }
        let kept = Set(granted.split(separator: " "))
        let lost = stored.login.scopes.split(separator: " ").filter { !kept.contains($0) }
        return lost.isEmpty ? nil : lost.joined(separator: " ")
    }
}
