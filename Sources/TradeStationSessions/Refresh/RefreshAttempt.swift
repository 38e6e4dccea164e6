import TradeStationModel
import TradeStationOAuth

/// One attempt: the request that is sent, and the conversion of its answer into tokens and audit rows. Performs no I/O.
struct RefreshAttempt: Sendable {
    let attempt: Attempt
    /// The login as it was read under the lock.
    let stored: StoredLogin
    let refreshToken: Secret
    private let audit: RefreshAudit

    init(_ attempt: Attempt, of stored: StoredLogin, refreshToken: Secret, audit: RefreshAudit) {
        self.attempt = attempt
        self.stored = stored
        self.refreshToken = refreshToken
        self.audit = audit
    }

    var credentials: ClientCredentials {
        ClientCredentials(registration: stored.apiKey.registration, secret: stored.clientSecret)
    }

    // MARK: Tokens

    /// The granted tokens. If the answer contains no refresh or ID token, or one that cannot be kept, the old one
    /// stays.
    func stagedTokens(from grant: TokenGrant, sentAt sent: Moment) -> StagedTokens {
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
            rotation: isRotated(by: grant) || refreshTokenDefect(of: grant) != nil ? .rotating : .static
        )
    }

    /// The refresh token of an otherwise unusable answer, together with the stored access token.
    func salvagedTokens(_ refreshToken: Secret, now: Moment) -> StagedTokens {
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

    /// Why the answer's new refresh token cannot be kept; nil if it can, or if there is none.
    func refreshTokenDefect(of grant: TokenGrant) -> String? {
        switch grant.issuedRefreshToken {
        case .none, .token: nil
        case .empty: stored.apiKey.rotation == .rotating ? "It is empty." : nil
        case .unusable(let reason): reason
        }
    }

    private func isRotated(by grant: TokenGrant) -> Bool {
        grant.refreshToken.map { $0 != refreshToken } ?? false
    }

    // MARK: Audit

    /// The outcome in one word, for the audit, metrics and the log.
    func outcome(of answer: TokenAnswer) -> String {
        switch answer {
        case .granted(let grant):
            refreshTokenDefect(of: grant) != nil
                ? AuditOutcome.refreshTokenUnusable : isRotated(by: grant) ? "rotated" : "renewed"
        case .failed(let failure): failure.code.rawValue
        }
    }

    /// The audit rows that are saved with the attempt, before the request is sent.
    var startedRows: [AuditEntry] { audit.startedRows(attempt, refreshToken) }

    /// The audit rows that are saved together with the new tokens. If the new refresh token cannot be kept, the rows
    /// report a failed refresh, although there are other tokens to save.
    func grantedRows(
        _ grant: TokenGrant,
        _ staged: StagedTokens,
        _ exchange: RefreshAudit.Exchange
    ) -> [AuditEntry] {
        let defect = refreshTokenDefect(of: grant)
        var row = audit.row(defect == nil ? .refreshSucceeded : .refreshFailed, of: attempt, refreshToken)
        row.outcome = outcome(of: .granted(grant))
        if let defect { row.detail["refresh_token"] = defect }
        row.generationAfter = staged.parentGeneration + 1
        row.refreshTokenAfter = staged.tokens.refreshToken
        row.accessTokenAfter = staged.tokens.accessToken
        row.expiresAt = staged.tokens.expiresAt.wall
        row.httpStatus = grant.httpStatus
        row.durationMilliseconds = exchange.milliseconds
        row.waiters = exchange.waiters
        row.detail.merge(grant.lifetimeDetail) { $1 }
        if let lost = lostScopes(grant) { row.detail["scope_reduced"] = lost }
        if staged.belongToAnotherUser(than: stored.login) { row.detail["subject"] = "changed" }
        if stored.apiKey.rotation == .static, staged.rotation == .rotating { row.detail["rotation"] = "began" }
        return [row] + audit.consequences(of: staged, needsLogin: needsLoginRow(because: .wrongUser))
    }

    func failedRow(_ failure: TokenFailure, _ exchange: RefreshAudit.Exchange) -> AuditEntry {
        let event: AuditEvent = failure.kind == .outcomeUnknown ? .outcomeUnknown : .refreshFailed
        var row = audit.row(event, of: attempt, refreshToken)
        row.outcome = outcome(of: .failed(failure))
        row.httpStatus = failure.httpStatus
        row.oauthError = failure.oauthError?.printable(limit: 60)
        row.durationMilliseconds = exchange.milliseconds
        row.waiters = exchange.waiters
        if let description = failure.description { row.detail["description"] = description }
        if let seconds = failure.retryAfterSeconds { row.detail["retry_after_seconds"] = String(seconds) }
        return row
    }

    func needsLoginRow(because code: AccountsError.Code) -> AuditEntry {
        var row = audit.row(.needsLogin, of: attempt, refreshToken)
        row.outcome = code.rawValue
        return row
    }

    private func lostScopes(_ grant: TokenGrant) -> String? {
        guard let granted = grant.scope else { return nil }
        let kept = Set(granted.split(separator: " "))
        let lost = stored.login.scopes.split(separator: " ").filter { !kept.contains($0) }
        return lost.isEmpty ? nil : lost.joined(separator: " ")
    }
}
