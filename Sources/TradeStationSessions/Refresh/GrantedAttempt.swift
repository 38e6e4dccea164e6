import TradeStationModel
import TradeStationOAuth

/// An attempt that returned an access token. Saves the tokens of its answer.
struct GrantedAttempt: Sendable {
    let attempt: RefreshAttempt
    let grant: TokenGrant
    let exchange: RefreshAudit.Exchange
    let services: SessionServices

    /// Saves the tokens, first in the side file, then in the database.
    ///
    /// - Returns: The tokens; nil when another process has saved a newer generation.
    /// - Throws: ``AccountsError`` `wrong_user`, once the tokens are saved.
    func save(in login: LoginTokens) async throws -> RefreshResult? {
        let stored = attempt.stored
        let staged = attempt.stagedTokens(from: grant, sentAt: exchange.sent)
        let rows = attempt.grantedRows(grant, staged, exchange)
        let saved = await TokenSaver(services: services, login: login).save(staged, over: stored, rows)
        guard var result = saved.result(of: staged, over: stored, .refreshed) else { return nil }
        guard !staged.belongToAnotherUser(than: stored.login) else { throw AccountsError.anotherUser }
        if let defect = attempt.refreshTokenDefect(of: grant) {
            // The caller gets the access token, but the next refresh will send a refresh token that may have been
            // replaced.
            try await recordUnusableRefreshToken(of: login)
            result.saveFailure = .refreshTokenUnusable(because: defect)
        }
        return result
    }

    private func recordUnusableRefreshToken(of login: LoginTokens) async throws {
        let pause = RefreshPolicy.backoff(
            failures: attempt.stored.login.failures + 1,
            fraction: services.random.fraction()
        )
        let notBefore = services.clock.wallTime().advanced(byMilliseconds: pause)
        let record = AttemptFailure(code: .serverError, notBefore: notBefore)
        try await services.store.recordFailure(record, of: login.id, audit: [])
    }
}
