package import TradeStationModel

extension SQLiteCredentialStore {
    // Does not run on the store's own queue: waiting for a lock must not block reading.
    package nonisolated func lock(_ login: Login.ID, timeoutMilliseconds: Int64) async throws -> any LoginLock {
        try Task.checkCancellation()
        // So that a login that is read under the lock is checked against the counters before its token is sent.
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
            return PreparedSideFile(file: file, login: stored, key: key, epoch: database.epoch)
        }
    }

    package func prepareStaging(for login: Login.ID) throws {
        prepared[login] = try database.showingErrors {
            try prepareSideFile(try place.sideFile(of: login).reserve(), of: login)
        }
    }

    package func stage(_ tokens: StagedTokens, for login: Login.ID) throws {
        try database.showingErrors {
            let keyring = try database.keyring()
            let current = prepared[login].flatMap { $0.epoch == database.epoch ? $0 : nil }
            try (current ?? prepareSideFile(try place.sideFile(of: login).open(), of: login)).write(
                tokens,
                keyring: keyring,
                nonce: database.random.bytes(12)
            )
        }
    }

    package func synchronizeStaged(for login: Login.ID) throws {
        try database.showingErrors { try place.sideFile(of: login).synchronize() }
    }

    package func commit(_ commit: TokenCommit, to login: Login.ID, audit: [AuditEntry]) throws -> TokenCommit.Outcome {
        let (commit, stamp) = try database.write(.power) { transaction in
            try transaction.refreshes.commit(commit, to: login, audit: audit, reportsRotation: rotationListener != nil)
        } published: { commit in
            // Read before the store lock is released: a later change by another process must make it stale.
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

    private func prepareSideFile(_ file: any OpenSideFile, of login: Login.ID) throws -> PreparedSideFile {
        let (stored, key) = try database.read { try $0.logins.require(login) }
        return PreparedSideFile(file: file, login: stored, key: key, epoch: database.epoch)
    }
}
