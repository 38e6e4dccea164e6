import TradeStationModel

/// Saves the tokens of a refresh or a sign-in, as the next generation or as a late result.
struct RefreshWriter {
    /// The result of a commit.
    struct Commit {
        /// Whether the tokens were saved; otherwise they were kept as a late result.
        let isSaved: Bool
        /// The generation that is stored after the commit.
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
        // Even if an older copy of the login was put back during the exchange, the tokens of the exchange are the
        // newest.
        guard stored.generation <= commit.parentGeneration else {
            // The row of a crashed attempt, which may come first, has no new generation.
            let entry = audit.first { $0.generationAfter != nil } ?? audit.first
            try keepLateResult(commit, of: stored, key: key, audit: entry)
            return Commit(isSaved: false, generation: stored.generation, rotation: nil)
        }
        let rotation = reportsRotation ? try rotation(to: commit.tokens, of: stored, key: key) : nil
        let generation = try save(commit, to: stored, key: key)
        try transaction.audit.append(audit.map { $0.saved(as: generation, over: stored.generation) })
        KillPoint.inT2.reach()
        return Commit(isSaved: true, generation: generation, rotation: rotation)
    }

    /// Makes the tokens of a commit the next generation of a login. Stored tokens that the commit lacks are removed.
    ///
    /// - Returns: the new generation. It follows the newest one that is known, even if the stored one is an older copy.
    @discardableResult
    func save(_ commit: TokenCommit, to stored: Login, key: APIKey) throws -> Int {
        var login = stored
        // Tokens of another user are held; the login keeps its own user.
        if !commit.isHeld, let identity = commit.identity {
            login.identity.subject = identity.subject ?? stored.identity.subject
            login.identity.username = identity.username ?? stored.identity.username
        }
        let newest = try transaction.witness.newestGeneration(of: login.id)?.number ?? 0
        let generation = max(stored.generation, commit.parentGeneration, newest) + 1
        try transaction.logins.advance(login, to: generation, with: commit)
        let secrets = transaction.secrets
        try secrets.removeToken(.lateResult, of: login.id)
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
        return generation
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
    /// The entry of a commit. If the stored generation was an older copy, the entry contains both that generation and
    /// the one that the tokens were saved as.
    fileprivate func saved(as generation: Int, over stored: Int) -> AuditEntry {
        var copy = self
        guard generation != stored + 1 else { return copy }
        copy.detail["stored_generation"] = String(stored)
        if generationBefore != nil { copy.generationBefore = generation - 1 }
        if generationAfter != nil { copy.generationAfter = generation }
        return copy
    }
}
