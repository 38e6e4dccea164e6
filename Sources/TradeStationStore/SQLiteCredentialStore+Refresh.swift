package import TradeStationModel

extension SQLiteCredentialStore {
    /// Takes a login's lock, off the store's own queue. Nothing but this process's death or `unlock` gives it back.
    ///
    /// - Parameter timeoutMilliseconds: how long to wait while somebody else has it. At zero or less it is tried once.
    /// - Throws: `lock_timeout` after `timeoutMilliseconds`, naming the process that has it; `CancellationError`.
    package nonisolated func lock(_ login: Login.ID, timeoutMilliseconds: Int64) async throws -> any LoginLock {
        try Task.checkCancellation()
        let place = try place.lock(of: login)
        let free = try place.attempt()
        let lock = if let free { free } else { try await wait(at: place, milliseconds: timeoutMilliseconds) }
        lock.leaveNote(pid: identity.pid)
        return lock
    }

    private nonisolated func wait(at place: any LockPlace, milliseconds: Int64) async throws -> any HeldLock {
        guard milliseconds > 0 else { throw AccountsError.lockTimeout(place, milliseconds: 0) }
        let waiter = LockWaiter(at: place)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [clock] in
                try await clock.sleep(milliseconds: milliseconds)
                waiter.leave(AccountsError.lockTimeout(place, milliseconds: milliseconds))
            }
            defer { group.cancelAll() }
            return try await withTaskCancellationHandler {
                try await waiter.lock()
            } onCancel: {
                waiter.leave(CancellationError())
            }
        }
    }

    /// T1: records that an attempt begins and readies the side file. Committed without a disk sync. If this throws,
    /// nothing may be sent.
    ///
    /// - Throws: `profile_not_found`, `store_full`, `store_busy`, `store_readonly`.
    package func begin(_ attempt: Attempt, of login: Login.ID, audit: [AuditEntry]) throws {
        let file = try showingErrors { try place.sideFile(of: login).reserve() }
        readied[login] = try write(.process) { transaction in
            let (stored, key) = try transaction.logins.require(login)
            try transaction.logins.setAttempt(attempt, of: login)
            try transaction.audit.append(audit)
            KillPoint.inT1.reach()
            return ReadiedSideFile(file: file, login: stored, key: key, epoch: epoch)
        }
    }

    /// Writes an answer into the side file: one plain write that needs no free space, and no database after ``begin``.
    ///
    /// - Throws: `profile_not_found`.
    package func stage(_ tokens: StagedTokens, for login: Login.ID) throws {
        try showingErrors {
            let keyring = try keyring()
            let readied = readied[login].flatMap { $0.epoch == epoch ? $0 : nil }
            let ready = try readied ?? readySideFile(of: login)
            let context = SealContext(.staged, of: ready.login, key: ready.key, generation: tokens.parentGeneration)
            try ready.file.write(try keyring.seal(tokens.encoded, for: context, nonce: random.bytes(12)))
        }
    }

    /// Makes the side file durable, where the database could not take its content.
    ///
    /// - Throws: `store_corrupt` when there is no whole answer in it; `store_full` and others when the disk refuses.
    package func synchronizeStaged(for login: Login.ID) throws {
        try showingErrors { try place.sideFile(of: login).synchronize() }
    }

    /// T2: saves new tokens by compare-and-set on the generation, durably, and settles the attempt.
    ///
    /// When somebody else has saved meanwhile, the tokens are kept sealed as a late result, and the one audit row that
    /// is written says so.
    ///
    /// - Throws: `profile_not_found` when the login was removed meanwhile; `store_full`, `store_busy`.
    package func commit(_ commit: TokenCommit, to login: Login.ID, audit: [AuditEntry]) throws -> TokenCommit.Outcome {
        var rotation: (ProfileName, Secret)?
        let outcome = try write(.power) { transaction -> (isSaved: Bool, generation: Int) in
            let (stored, key) = try transaction.logins.require(login)
            guard stored.generation == commit.parentGeneration else {
                try keepLate(commit, to: stored, key: key, audit: audit.first, in: transaction)
                return (false, stored.generation)
            }
            if rotationListener != nil {
                rotation = try transaction.rotation(to: commit.tokens, of: stored, key: key)
            }
            try transaction.save(commit, to: stored, key: key)
            try transaction.audit.append(audit)
            KillPoint.inT2.reach()
            return (true, stored.generation + 1)
        } published: { isSaved, generation -> TokenCommit.Outcome in
            // Read before the store lock is given up: a later change by another process must make it stale.
            isSaved
                ? .saved(generation: generation, stamp: changes.stamp(of: login))
                : .superseded(generation: generation)
        }
        readied[login] = nil
        if let rotation { rotationListener?(rotation.0, rotation.1) }
        return outcome
    }

    /// Ends an attempt that returned no tokens, and records its failure. Committed without a disk sync, like its
    /// beginning.
    package func recordFailure(_ failure: AttemptFailure, of login: Login.ID, audit: [AuditEntry]) throws {
        try write(.process) { transaction in
            let key = try transaction.logins.require(login).key
            try transaction.logins.recordFailure(failure, of: login)
            try transaction.apiKeys.recordFailure(failure, of: key)
            try transaction.audit.append(audit)
        }
        readied[login] = nil
    }

    private func readySideFile(of login: Login.ID) throws -> ReadiedSideFile {
        let file = try place.sideFile(of: login).open()
        let (stored, key) = try read { try $0.logins.require(login) }
        return ReadiedSideFile(file: file, login: stored, key: key, epoch: epoch)
    }

    // It is kept sealed beside the current tokens: if the newer generation turns out to be refused, its refresh token
    // may be the only one that still works.
    private func keepLate(
        _ commit: TokenCommit,
        to login: Login,
        key: APIKey,
        audit: AuditEntry?,
        in transaction: StoreTransaction
    ) throws {
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
}

extension StoreTransaction {
    /// Makes tokens the next generation of a login: every kind is sealed anew for it, and what is no longer there goes.
    func save(_ commit: TokenCommit, to stored: Login, key: APIKey) throws {
        var login = stored
        login.identity.subject = commit.identity?.subject ?? stored.identity.subject
        login.identity.username = commit.identity?.username ?? stored.identity.username
        try logins.advance(login, with: commit)
        let tokens: [(SealContext.Kind, Secret?)] = [
            (.accessToken, commit.tokens.accessToken), (.refreshToken, commit.tokens.refreshToken),
            (.idToken, commit.tokens.idToken),
        ]
        // A late result is kept until tokens are known to work: these are newer.
        try secrets.removeLateResult(of: login.id)
        for (kind, token) in tokens {
            try secrets.setToken(token, kind, of: login, key: key, generation: stored.generation + 1)
        }
        try apiKeys.accept(key.id, rotation: commit.rotation)
        guard let accepted = try apiKeys.fetch(key.id) else {
            throw AccountsError.tampered("The API key of the profile")
        }
        // What one login learns about rotation holds for every login of the key.
        try logins.noteDeadlines(of: accepted, only: accepted.rotation == key.rotation ? login.id : nil)
    }
}

extension AccountsError {
    static func lockTimeout(_ place: any LockPlace, milliseconds: Int64) -> AccountsError {
        let holder = place.note().map { "Process \($0)" } ?? "Another process"
        return AccountsError(
            .lockTimeout,
            "\(holder) is refreshing this sign-in and had not finished after \(milliseconds) ms.",
            reason: "While the sign-in server is slow to answer, that is as it should be.",
            suggestion: "run it again, with a longer --timeout; if it stays, \(place.advice)"
        )
    }
}
