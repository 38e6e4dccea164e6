package import TradeStationModel

extension SQLiteCredentialStore {
    // Does not run on the store's own queue: waiting for a lock must not block reading.
    package nonisolated func lock(_ login: Login.ID, timeoutMilliseconds: Int64) async throws -> any LoginLock {
        try Task.checkCancellation()
        // From now on, the counters show whether a login that is read under the lock is an older copy. The token of an
        // older copy must not be sent.
        changes.watch()
        let lock = try await place.lock(of: login).take(timeoutMilliseconds: timeoutMilliseconds, clock: clock)
        lock.leaveNote(pid: identity.pid)
        return lock
    }

    package func begin(_ attempt: Attempt, of login: Login.ID, audit: [AuditEntry]) throws {
        let file = try database.showingErrors { try place.sideFile(of: login).reserve() }
        prepared[login] = try database.write(.process) { transaction in
            let (stored, key) = try transaction.logins.require(login)
            try transaction.logins.setAttempt(attempt, of: login)
            try transaction.audit.append(audit)
            KillPoint.inT1.reach()
            return PreparedSideFile(file: file, login: stored, key: key, keyring: transaction.keyring)
        }
    }

    package func prepareStaging(for login: Login.ID) throws {
        prepared[login] = try database.showingErrors { try prepareSideFile(of: login) }
    }

    // Uses no path and no database: they may have been moved, replaced or locked while the answer was on its way.
    package func stage(_ tokens: StagedTokens, for login: Login.ID) throws {
        try database.showingErrors {
            try database.requireOpen()
            try preparedSideFile(of: login).write(tokens, nonce: database.random.bytes(12))
        }
    }

    package func synchronizeStaged(for login: Login.ID) throws {
        try database.showingErrors {
            let sideFile = place.sideFile(of: login)
            let open = try prepared[login].flatMap { $0.file.isNamed ? $0.file : nil } ?? sideFile.existing()
            guard let open else { throw AccountsError.sideFileLost(sideFile.name) }
            try open.synchronize()
        }
    }

    package func commit(_ commit: TokenCommit, to login: Login.ID, audit: [AuditEntry]) throws -> TokenCommit.Outcome {
        let storeID = prepared[login]?.keyring.storeID
        let (commit, stamp) = try database.write(.power) { transaction in
            // A different store in this one's place can have logins with the same ids.
            guard storeID == nil || storeID == transaction.keyring.storeID else {
                throw AccountsError.corrupt(place.name, reason: "Another store took its place during a refresh.")
            }
            return try transaction.refreshes.commit(
                commit,
                to: login,
                audit: audit,
                reportsRotation: rotationListener != nil
            )
        } published: { commit in
            // The stamp is read before the store lock is released, so that later changes by other processes make it
            // stale.
            (commit, changes.stamp(of: login))
        }
        prepared[login] = nil
        if let (name, token) = commit.rotation { rotationListener?(name, token) }
        return commit.isSaved
            ? .saved(generation: commit.generation, stamp: stamp) : .superseded(generation: commit.generation)
    }

    package func recordFailure(_ failure: AttemptFailure, of login: Login.ID, audit: [AuditEntry]) throws {
        try database.write(.process) { transaction in
            let key = try transaction.logins.require(login).key
            try transaction.logins.recordFailure(failure, of: login)
            try transaction.apiKeys.recordFailure(failure, of: key)
            try transaction.audit.append(audit)
        }
        prepared[login] = nil
    }

    /// The side file that was prepared before the request was sent. If none was prepared, or it was removed meanwhile,
    /// one is prepared now.
    private func preparedSideFile(of login: Login.ID) throws -> PreparedSideFile {
        if let ready = prepared[login], ready.file.isNamed { return ready }
        let ready = try prepareSideFile(of: login)
        prepared[login] = ready
        return ready
    }

    private func prepareSideFile(of login: Login.ID) throws -> PreparedSideFile {
        let file = try place.sideFile(of: login).reserve()
        return try database.read { transaction in
            let (stored, key) = try transaction.logins.require(login)
            return PreparedSideFile(file: file, login: stored, key: key, keyring: transaction.keyring)
        }
    }
}
