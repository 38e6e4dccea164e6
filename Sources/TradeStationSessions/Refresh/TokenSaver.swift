import TradeStationModel

/// Saves tokens that the server has returned. Refreshes, salvages, recoveries and sign-ins all use it, under the
/// login's lock.
///
/// The tokens are written to the side file, then to the database (T2). If T2 fails, the side file is synced to disk. If
/// that fails too, the tokens stay in this process's memory. No token is dropped while there is a place to keep it.
struct TokenSaver: Sendable {
    let services: SessionServices
    let login: LoginTokens

    private var store: any CredentialStore { services.store }

    /// Where the tokens are now.
    enum Outcome: Sendable {
        /// In the database, as this generation.
        case saved(generation: Int, stamp: ChangeStamp)
        /// As a late result, because another process saved a newer generation first.
        case superseded
        /// In the durable side file. The next process saves them.
        case inSideFile(cause: AccountsError)
        /// In this process only, because of `cause`. Its next refresh of the login saves them.
        case inMemory(cause: AccountsError)
    }

    /// Saves an answer of the server. Steps 7 and 8 of <doc:HowARefreshWorks>.
    ///
    /// - Parameters:
    ///   - stored: the login as it was read before the exchange.
    ///   - rows: the audit rows that are saved with the tokens.
    func save(_ staged: StagedTokens, over stored: StoredLogin, _ rows: [AuditEntry]) async -> Outcome {
        var isStaged = false
        do {
            // Step 7: one plain write, which survives the death of this process.
            try await store.stage(staged, for: login.id)
            KillPoint.sideFileWritten.reach()
            isStaged = true
        } catch {
            // The database may still be writable. If it is not, the tokens can only be kept in memory.
        }
        return await commit(staged, isStaged: isStaged, over: stored, rows)
    }

    /// Saves an answer that is kept somewhere already: in the side file, as a late result, or in memory.
    func recover(_ staged: StagedTokens, over stored: StoredLogin, _ rows: [AuditEntry]) async -> Outcome {
        // Tokens whose only copy is in the side file are not written to it again: a torn write would lose them.
        login.unsaved == staged
            ? await save(staged, over: stored, rows)
            : await commit(staged, isStaged: staged == stored.staged, over: stored, rows)
    }

    /// Saves an answer that an earlier process could not save, before the tokens are erased or replaced: only the answer
    /// tells how that process's attempt ended, and it may contain the only refresh token that still works.
    ///
    /// - Returns: the login afterwards.
    func settle(_ stored: StoredLogin) async throws -> StoredLogin {
        guard let staged = stored.staged else { return stored }
        let request = services.request(.ahead(of: staged.parentGeneration), for: login.profile, of: login.id)
        _ = await recover(staged, over: stored, RefreshAudit(request, of: stored).recoveredRows(staged))
        return try await login.read() ?? stored
    }

    /// Tries once more to save tokens that exist only in memory, before they are lost.
    func saveUnsaved() async {
        guard let staged = login.unsaved else { return }
        let request = services.request(.ahead(of: staged.parentGeneration), for: login.profile, of: login.id)
        if let lock = try? await store.lock(login.id, timeoutMilliseconds: services.timeoutMilliseconds) {
            defer { lock.unlock() }
            if let stored = try? await login.read() {
                await keepOvertakenTokens(by: stored)
                if login.unsaved == staged {
                    _ = await recover(staged, over: stored, RefreshAudit(request, of: stored).recoveredRows(staged))
                }
            }
        }
        if login.unsaved != nil { services.noteLoss(login.profile) }
        login.forgetUnsaved()
    }

    /// Makes unsaved tokens, which exist only in memory, the login's late result if a newer generation was saved
    /// meanwhile. If the login's tokens were erased meanwhile, the unsaved tokens are discarded instead.
    func keepOvertakenTokens(by stored: StoredLogin) async {
        guard let staged = login.unsaved, staged.parentGeneration < stored.login.generation else { return }
        guard stored.refreshToken != nil else { return login.forgetUnsaved(staged) }
        let request = services.request(.ahead(of: staged.parentGeneration), for: login.profile, of: login.id)
        _ = await commit(staged, isStaged: false, over: stored, RefreshAudit(request, of: stored).recoveredRows(staged))
    }

    /// Saves the tokens in the database (step 8, T2), if the stored generation is still the one that they follow. If
    /// this succeeds, it is the only disk sync of the refresh.
    private func commit(
        _ staged: StagedTokens,
        isStaged: Bool,
        over stored: StoredLogin,
        _ rows: [AuditEntry]
    ) async -> Outcome {
        do {
            let outcome = try await store.commit(staged.commit(over: stored.login, rows), to: login.id, audit: rows)
            KillPoint.afterT2.reach()
            login.forgetUnsaved(staged)
            return switch outcome {
            case .saved(let generation, let stamp): .saved(generation: generation, stamp: stamp)
            case .superseded: .superseded
            }
        } catch {
            let cause = error as? AccountsError ?? .savedNowhere
            services.noteUnsaved(login.profile)
            if isStaged, (try? await store.synchronizeStaged(for: login.id)) != nil {
                login.forgetUnsaved(staged)
                return .inSideFile(cause: cause)
            }
            login.keepUnsaved(staged)
            return .inMemory(cause: cause)
        }
    }
}

extension TokenSaver.Outcome {
    /// Why the database does not have the tokens; nil if it has them.
    var cause: AccountsError? {
        switch self {
        case .saved, .superseded: nil
        case .inSideFile(let cause), .inMemory(let cause): cause
        }
    }

    /// This outcome as an error for the caller; nil when the database has the tokens.
    var failure: AccountsError? {
        switch self {
        case .saved, .superseded: nil
        case .inSideFile(let cause): .saveDeferred(because: cause)
        case .inMemory(let cause): cause
        }
    }

    /// The tokens for the callers; nil if another process has saved newer ones.
    func result(
        of staged: StagedTokens,
        over stored: StoredLogin,
        _ outcome: RefreshReport.Outcome
    ) -> RefreshResult? {
        var generation = staged.parentGeneration + 1
        var stamp = stored.stamp
        switch self {
        case .superseded: return nil
        case .saved(let savedGeneration, let savedStamp): (generation, stamp) = (savedGeneration, savedStamp)
        case .inSideFile, .inMemory: break
        }
        return RefreshResult(
            tokens: staged.tokens,
            generation: generation,
            outcome: outcome,
            stamp: stamp,
            saveFailure: failure
        )
    }
}

extension StagedTokens {
    /// Whether the tokens belong to a user other than the login's. Such tokens are saved, but never returned.
    func belongToAnotherUser(than login: Login) -> Bool {
        guard let known = login.identity.subject, let returned = identity.subject else { return false }
        return known != returned
    }

    /// A commit of these tokens: they are saved only if the generation that they follow is still the stored one.
    ///
    /// - Parameter rows: the audit rows that are saved with them.
    fileprivate func commit(over login: Login, _ rows: [AuditEntry]) -> TokenCommit {
        let isNamed = identity.subject != nil || identity.username != nil
        return TokenCommit(
            parentGeneration: parentGeneration,
            tokens: tokens,
            identity: isNamed ? identity : nil,
            rotation: rotation,
            isSignIn: isSignIn,
            warnsOf: rows.last { $0.event == .signInEndsSoon }?.expiresAt,
            isHeld: belongToAnotherUser(than: login)
        )
    }
}
