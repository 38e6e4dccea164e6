import TradeStationModel

/// Finds out whether the stored tokens of a login are an older copy, because rows or the whole database were restored.
/// The server no longer accepts the refresh token of such a copy; sending it could end the whole sign-in.
struct RollbackCheck {
    enum Verdict {
        /// Nothing shows newer tokens, or the refresh token is still the newest one.
        case current
        /// The stored tokens are an older copy. The value contains the newest tokens, from the side file or the late
        /// result; nil if the store no longer has them.
        case isOlder(StagedTokens?)
    }

    let transaction: StoreTransaction
    let login: Login
    let key: APIKey
    let refreshToken: Secret?

    /// - Parameters:
    ///   - sideFile: the content of the side file, of any generation.
    ///   - stamp: the login's change stamp from before the database was read.
    func verdict(sideFile: StagedTokens?, stamp: ChangeStamp) throws -> Verdict {
        // In every other state, nothing is sent.
        guard login.state == .ready, let refreshToken else { return .current }
        let newest = try transaction.witness.newestGeneration(of: login.id)
        let late = try transaction.secrets.lateResult(of: login, key: key, sinceGeneration: login.generation)
        // A key without rotation keeps its refresh token, and then an older copy is as good as the newest.
        let sideFileAgrees = sideFile?.tokens.refreshToken == refreshToken
        let isNewerInSideFile = try sideFile.map { try $0.parentGeneration > login.generation && !isPast($0, newest) }
        let isNewerInAudit =
            newest.map { newest in
                newest.number > login.generation
                    && newest.refreshFingerprint != transaction.keyring.fingerprint(refreshToken)
            } ?? false
        let isNewerElsewhere = try isMarked(stamp) || isNewerInSideFile ?? false || late != nil
        guard isNewerInAudit || isNewerElsewhere && !sideFileAgrees else { return .current }
        let found = [sideFile, late].compactMap { $0 }
            .filter { found in
                found.parentGeneration >= login.generation && found.parentGeneration + 1 >= newest?.number ?? 0
                    && found.tokens.refreshToken != nil && found.tokens.refreshToken != refreshToken
            }
            .max { $0.parentGeneration < $1.parentGeneration }
        return .isOlder(found)
    }

    // Whether the counters show audit rows that the database does not have. The next write replaces the counters, but
    // marks the login before that.
    private func isMarked(_ stamp: ChangeStamp) throws -> Bool {
        try transaction.logins.isMarkedRolledBack(login.id)
            || stamp.isNewer(thanSequence: AuditEnd(of: transaction.database).sequence)
    }

    // Whether the database has saved a side file's tokens, and then newer ones.
    private func isPast(_ sideFile: StagedTokens, _ newest: AuditWitness.Generation?) throws -> Bool {
        guard let newest, newest.attemptID != sideFile.attemptID else { return false }
        return try transaction.witness.hasSaved(sideFile.attemptID)
    }
}
