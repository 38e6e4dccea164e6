import TradeStationModel

/// The audit rows of one refresh. Performs no I/O.
struct RefreshAudit: Sendable {
    /// Facts about an exchange that do not depend on its result.
    struct Exchange: Sendable {
        /// When the request was sent.
        let sent: Moment
        let milliseconds: Int
        /// How many callers waited for it.
        let waiters: Int

        init(sent: Moment, received: Moment, waiters: Int) {
            self.sent = sent
            milliseconds = Int(received.bootMilliseconds - sent.bootMilliseconds)
            self.waiters = waiters
        }
    }

    private let request: RefreshRequest
    private let stored: StoredLogin
    private let retry: Int

    /// - Parameters:
    ///   - stored: the login as it was read under the lock.
    ///   - retry: 0 for the flight's first attempt, then 1, 2.
    init(_ request: RefreshRequest, of stored: StoredLogin, retry: Int = 0) {
        self.request = request
        self.stored = stored
        self.retry = retry
    }

    /// A row about an attempt.
    func row(_ event: AuditEvent, of attempt: Attempt, _ refreshToken: Secret) -> AuditEntry {
        var row = AuditEntry(event, profileName: request.profile.text, loginID: request.login)
        row.attemptID = attempt.id
        row.generationBefore = stored.login.generation
        row.refreshTokenBefore = refreshToken
        row.trigger = request.intent.trigger
        row.retryNumber = retry
        return row
    }

    /// The rows for the start of an attempt, preceded by a row for an attempt that a crashed process left.
    func startedRows(_ attempt: Attempt, _ refreshToken: Secret) -> [AuditEntry] {
        [.crashedAttempt(of: stored.login, for: request.profile), row(.refreshStarted, of: attempt, refreshToken)]
            .compactMap { $0 }
    }

    /// The rows for saving tokens that an earlier attempt received but could not save.
    func recoveredRows(_ staged: StagedTokens) -> [AuditEntry] {
        var row = AuditEntry(.recovered, profileName: request.profile.text, loginID: request.login)
        row.attemptID = staged.attemptID
        row.generationBefore = staged.parentGeneration
        row.generationAfter = staged.parentGeneration + 1
        row.refreshTokenAfter = staged.tokens.refreshToken
        row.accessTokenAfter = staged.tokens.accessToken
        row.expiresAt = staged.tokens.expiresAt.wall
        // The process died, or could not write, before its row `signed_in` was saved.
        if staged.isSignIn { row.detail["sign_in"] = "yes" }
        var held = AuditEntry(.needsLogin, profileName: request.profile.text, loginID: request.login)
        held.attemptID = staged.attemptID
        held.outcome = AccountsError.Code.wrongUser.rawValue
        return [row] + consequences(of: staged, needsLogin: held)
    }

    /// The additional rows for saved tokens: one if they belong to another user, and one if the sign-in of a rotating
    /// key ends soon.
    func consequences(of staged: StagedTokens, needsLogin: AuditEntry) -> [AuditEntry] {
        [staged.belongToAnotherUser(than: stored.login) ? needsLogin : nil, signInWarning(with: staged)]
            .compactMap { $0 }
    }

    /// The row with a warning that a rotating key's sign-in ends soon. Only the first refresh in the last two hours
    /// adds it; otherwise nil.
    private func signInWarning(with staged: StagedTokens) -> AuditEntry? {
        let login = stored.login
        guard staged.rotation == .rotating, !staged.isSignIn, let signedInAt = login.signedInAt,
            let end = stored.apiKey.registration.rotationLimits.signInEnd(signedInAt: signedInAt),
            login.signInWarnedOf != end,
            // If the server still returned tokens after this end, the sign-in lasts longer than assumed.
            end > staged.tokens.issuedAt,
            end < staged.tokens.issuedAt.advanced(byMilliseconds: RotationLimits.signInWarningMilliseconds)
        else { return nil }
        var row = AuditEntry(.signInEndsSoon, profileName: request.profile.text, loginID: request.login)
        row.attemptID = staged.attemptID
        row.generationAfter = staged.parentGeneration + 1
        row.expiresAt = end
        return row
    }
}

/// Outcomes of audit rows that are not error codes.
enum AuditOutcome {
    /// The process of the attempt died before it could record the outcome.
    static let processDied = "process_died"
    /// Only the refresh token of the answer was usable.
    static let refreshTokenSalvaged = "refresh_token_salvaged"
    /// The answer's refresh token cannot be kept; its other tokens were saved.
    static let refreshTokenUnusable = "refresh_token_unusable"
}

extension AuditEntry {
    /// The row that names an attempt whose process died; nil when there is none. Call only while holding the lock.
    static func crashedAttempt(of login: Login, for profile: ProfileName) -> AuditEntry? {
        guard let attempt = login.attempt else { return nil }
        var row = AuditEntry(.outcomeUnknown, profileName: profile.text, loginID: login.id)
        row.attemptID = attempt.id
        row.generationBefore = login.generation
        row.outcome = AuditOutcome.processDied
        return row
    }

    /// The row for erasing the tokens of a login, which starts a new generation.
    static func erasure(_ event: AuditEvent, of stored: StoredLogin, for profile: ProfileName) -> AuditEntry {
        var row = AuditEntry(event, profileName: profile.text, loginID: stored.login.id)
        row.generationBefore = stored.login.generation
        row.generationAfter = stored.login.generation + 1
        row.refreshTokenBefore = stored.refreshToken
        return row
    }
}
