import TradeStationModel

/// Saves the tokens of a refresh or a sign-in, as the next generation or as a late result.
struct RefreshWriter {
    /// The result of a commit.
    struct Commit {
        /// Whether the tokens were saved; otherwise they were kept as a late result.
        let isSaved: Bool
        /// The stored generation.
        let generation: Int
        /// What to report to a ``RotationListener``; nil if the refresh token stays the same.
        let rotation: (ProfileName, Secret)?
    }

    let transaction: StoreTransaction

    func commit(
        _ commit: TokenCommit,
        to login: Login.ID,
        audit: [AuditEntry],
        reportsRotation: Bool
    ) throws -> Commit {
        let (stored, key) = try transaction.logins.require(login)
        guard stored.generation <= commit.parentGeneration else {
            try keepLateResult(commit, of: stored, key: key, audit: audit.first)
            return Commit(isSaved: false, generation: stored.generation, rotation: nil)
        }
        let rotation = reportsRotation ? try rotation(to: commit.tokens, of: stored, key: key) : nil
        try save(commit, to: stored, key: key)
        // If an older copy of the login was put back during the exchange, these tokens are the newest ones all the same.
        let isPutBack = stored.generation < commit.parentGeneration
        try transaction.audit.append(isPutBack ? audit.map { $0.following(stored.generation) } : audit)
        KillPoint.inT2.reach()
        return Commit(isSaved: true, generation: stored.generation + 1, rotation: rotation)
    }

    /// Makes tokens the next generation of a login: all tokens are sealed for it, and those that it lacks are removed.
    func save(_ commit: TokenCommit, to stored: Login, key: APIKey) throws {
        var login = stored
        // Tokens of another user are held; the login keeps its own user.
        if !commit.isHeld, let identity = commit.identity {
            login.identity.subject = identity.subject ?? stored.identity.subject
            login.identity.username = identity.username ?? stored.identity.username
        }
        try transaction.logins.advance(login, with: commit)
        let secrets = transaction.secrets
        try secrets.removeToken(.lateResult, of: login.id)
        let generation = stored.generation + 1
        try secrets.setToken(
            commit.tokens.accessToken,
            .accessToken,
            of: login,
            key: key,
            generation: generation,
            expiry: TokenExpiry(of: commit.tokens)
        )
        for (kind, token) in [
            (SealContext.Kind.refreshToken, commit.tokens.refreshToken), (.idToken, commit.tokens.idToken),
        ] {
            try secrets.setToken(token, kind, of: login, key: key, generation: generation)
        }
        try transaction.apiKeys.accept(key.id, rotation: commit.rotation)
        let accepted = try transaction.apiKeys.key(of: login)
        // If the exchange shows that rotation has changed, update the deadlines of all logins of the key.
        try transaction.logins.noteDeadlines(of: accepted, only: accepted.rotation == key.rotation ? login.id : nil)
    }

    // Keeps tokens that came after a newer generation was saved. If the newer generation is refused, their refresh token
    // may be the only one that still works.
    private func keepLateResult(_ commit: TokenCommit, of login: Login, key: APIKey, audit: AuditEntry?) throws {
        let late = StagedTokens(
            parentGeneration: commit.parentGeneration,
            attemptID: audit?.attemptID ?? "",
            tokens: commit.tokens,
            identity: commit.identity ?? Identity(),
            rotation: commit.rotation,
            isSignIn: commit.isSignIn
        )
        try transaction.secrets.setLateResult(late, of: login, key: key)
        if let attempt = audit?.attemptID { try transaction.logins.clearAttempt(attempt, of: login.id) }
        var entry = audit ?? AuditEntry(.lateResult, loginID: login.id)
        entry.event = .lateResult
        entry.generationBefore = commit.parentGeneration
        entry.generationAfter = login.generation
        try transaction.audit.append([entry])
    }

    private func rotation(to tokens: TokenSet, of login: Login, key: APIKey) throws -> (ProfileName, Secret)? {
        guard let new = tokens.refreshToken,
            try transaction.secrets.token(.refreshToken, of: login, key: key).secret != new,
            let name = try transaction.profiles.anyName(on: login.id)
        else { return nil }
        return (name, new)
    }
}

extension AuditEntry {
    /// The entry for tokens that are saved as the generation after `stored`, which is older than the one they came from.
    fileprivate func following(_ stored: Int) -> AuditEntry {
        var copy = self
        if generationAfter != nil { copy.generationAfter = stored + 1 }
        copy.detail["stored_generation"] = String(stored)
        return copy
    }
}
