/// What a program holds for a profile: fresh access tokens and authorised requests. Cheap to copy, safe to share.
public struct Session: Sendable {
    /// The profile as it stood when the session was opened.
    public let profile: ProfileRecord

    let cache: CachedTokens
    let manager: SessionManager
    let gauge = QuotaGauge()

    init(record: ProfileRecord, cache: CachedTokens, manager: SessionManager) {
        profile = record
        self.cache = cache
        self.manager = manager
    }

    /// The access token in memory, without waiting; nil when a refresh is due, and when another process has changed
    /// what the store has: new tokens, a sign-out, a revocation, a removed profile.
    public func currentAccessToken() -> AccessToken? {
        cache.current(for: profile.profile.id)
    }

    /// An access token with enough life: in memory, in the store, or from one refresh that all callers share.
    ///
    /// - Throws: ``AccountsError``, for example `login_required`, `server_unreachable`, `backing_off`, `closed`;
    ///   `CancellationError` when the caller is cancelled, which ends neither the refresh nor other callers.
    @inlinable
    public func accessToken() async throws -> AccessToken {
        if let token = currentAccessToken() { return token }
        return try await renewedAccessToken(validFor: .zero)
    }

    /// An access token that lives at least `duration` more.
    ///
    /// - Throws: as ``accessToken()``; `min_validity_too_long` when no fresh token lives that long.
    public func accessToken(validFor duration: Duration) async throws -> AccessToken {
        try await renewedAccessToken(validFor: duration)
    }

    /// The way past the fast path: asks the manager.
    ///
    /// - Throws: as ``accessToken()``.
    public func renewedAccessToken(validFor duration: Duration) async throws -> AccessToken {
        try await token(
            .validity(milliseconds: duration.wholeMilliseconds),
            before: manager.clock.bootMilliseconds() + manager.timeout
        )
    }

    /// A token for a purpose, from the login's flight if need be.
    func token(_ intent: RefreshIntent, before deadline: Int64) async throws -> AccessToken {
        do {
            return try await manager.token(
                for: cache,
                intent: intent,
                profile: profile.profile,
                timeout: deadline - manager.clock.bootMilliseconds()
            ).token
        } catch let error as AccountsError {
            throw error.about(profile.profile.name)
        }
    }
}
