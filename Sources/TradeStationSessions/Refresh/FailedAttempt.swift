import TradeStationModel
import TradeStationOAuth

/// An attempt that returned no usable access token. Records it, and saves its refresh token if the answer contains one.
struct FailedAttempt: Sendable {
    let attempt: RefreshAttempt
    let failure: TokenFailure
    let exchange: RefreshAudit.Exchange
    let services: SessionServices

    /// Carries out what the ``RefreshMachine`` decides about the failure.
    ///
    /// - Parameter remaining: How long the caller still waits, in milliseconds.
    /// - Returns: How the refresh continues; nil when another process has saved a newer generation.
    /// - Throws: ``AccountsError`` for the callers, once the failure is recorded.
    func record(
        in login: LoginTokens,
        by machine: RefreshMachine,
        remaining: Int64
    ) async throws -> RefreshTransaction.Progress? {
        let situation = RefreshMachine.Situation(
            now: services.clock.now(),
            jitter: services.random.fraction(),
            remainingMilliseconds: remaining
        )
        var row = attempt.failedRow(failure, exchange)
        switch machine.verdict(on: failure, of: attempt.stored, situation) {
        case .replay(let milliseconds, let record):
            try await services.store.recordFailure(record, of: login.id, audit: [row])
            return .replay(afterMilliseconds: milliseconds)
        case .waitOut(let milliseconds, let record):
            try await services.store.recordFailure(record, of: login.id, audit: [row])
            return .wait(milliseconds: milliseconds)
        case .salvage(let refreshToken, let record):
            let staged = attempt.salvagedTokens(refreshToken, now: services.clock.now())
            row.outcome = AuditOutcome.refreshTokenSalvaged
            row.generationAfter = staged.parentGeneration + 1
            row.refreshTokenAfter = refreshToken
            let saved = await TokenSaver(services: services, login: login).save(staged, over: attempt.stored, [row])
            if let failure = saved.failure { throw failure }
            // There is still no access token. Recording the failure delays the next attempt, as after any failure.
            try await services.store.recordFailure(record, of: login.id, audit: [])
        case .giveUp(var record):
            if try await isRepeatedRefusal(row) {
                record.code = .refusedRepeatedly
                row.outcome = record.code.rawValue
                try await services.store.recordFailure(record, of: login.id, audit: [row])
                throw AccountsError.refusedRepeatedly(row.oauthError)
            }
            var rows = [row]
            if record.needsLogin {
                // A newer generation explains why an older token was refused.
                if let current = try await login.read(), current.login.generation > attempt.stored.login.generation {
                    row.event = .refreshAdopted
                    row.generationAfter = current.login.generation
                    try await services.store.record([row])
                    return nil
                }
                rows.append(attempt.needsLoginRow(because: record.code))
            }
            try await services.store.recordFailure(record, of: login.id, audit: rows)
        }
        throw failure.accountsError()
    }

    /// After this many refusals in a row with the same nonstandard error code, a new sign-in is suggested.
    private static let suspiciousRefusals = 3
    /// The time within which these refusals must occur, in milliseconds.
    private static let suspiciousTime: Int64 = 600_000

    /// Whether this is the last of several refusals in a row with the same error code, which no standard defines.
    private func isRepeatedRefusal(_ row: AuditEntry) async throws -> Bool {
        guard failure.kind == .unrecognised, (400..<500).contains(failure.httpStatus ?? 0) else { return false }
        let earlier = try await services.store.auditRecords(
            AuditQuery(
                loginID: attempt.stored.login.id,
                since: services.clock.wallTime().advanced(byMilliseconds: -Self.suspiciousTime),
                events: [.refreshFailed, .refreshSucceeded, .outcomeUnknown, .recovered, .signedIn],
                limit: Self.suspiciousRefusals - 1
            )
        )
        return earlier.count == Self.suspiciousRefusals - 1
            && earlier.allSatisfy {
                $0.text("event") == AuditEvent.refreshFailed.rawValue && $0.text("oauth_error") == row.oauthError
            }
    }
}
