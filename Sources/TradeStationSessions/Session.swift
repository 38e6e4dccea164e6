/// Fresh access tokens and authorized requests for one profile. Cheap to copy and safe to share between tasks.
public struct Session: Sendable {
    /// The profile as it was when the session was opened.
    public let profile: ProfileRecord

    let login: LoginTokens
    let services: SessionServices
    let latestResource = LatestResource()

    init(record: ProfileRecord, login: LoginTokens, services: SessionServices) {
        profile = record
        self.login = login
        self.services = services
    }

    /// The access token in memory, without waiting.
    ///
    /// It is nil when a refresh is due, and when another process has changed what the store holds: new tokens, a
    /// sign-out, a revocation, a removed profile.
    public func currentAccessToken() -> AccessToken? {
        login.current(for: profile.profile.id)
    }

    /// The access token in memory and its remaining lifetime, in milliseconds; nil as ``currentAccessToken()``.
    package func currentToken() -> (token: AccessToken, life: Int64)? {
        guard let token = currentAccessToken() else { return nil }
        return (token, login.remainingLife)
    }

    /// An access token that is valid for long enough: from memory, from the store, or from one refresh that all callers
    /// share.
    ///
    /// - Throws: ``AccountsError``, for example `login_required`, `server_unreachable`, `backing_off`, `closed`;
    ///   `CancellationError` when the caller is cancelled. The refresh continues, and other callers still wait for it.
    @inlinable
    public func accessToken() async throws -> AccessToken {
        if let token = currentAccessToken() { return token }
        return try await renewedAccessToken(validFor: .zero)
    }

    /// An access token that stays valid for at least `duration`.
    ///
    /// - Throws: as ``accessToken()``; `min_validity_too_long` when no fresh token stays valid for that long.
    public func accessToken(validFor duration: Duration) async throws -> AccessToken {
        try await renewedAccessToken(validFor: duration)
    }

    /// An access token for a caller to which ``currentAccessToken()`` has returned none, or one that expires too soon.
    /// Waits for the store or a refresh if necessary.
    ///
    /// - Throws: as ``accessToken()``.
    public func renewedAccessToken(validFor duration: Duration) async throws -> AccessToken {
        try await token(.validity(milliseconds: duration.wholeMilliseconds), before: services.deadline)
    }

    /// A token that satisfies an intent, from the login's flight if necessary.
    func token(_ intent: RefreshIntent, before deadline: Int64) async throws -> AccessToken {
        do {
            let request = RefreshRequest(login: login.id, profile: profile.name, intent: intent, deadline: deadline)
            return try await login.token(request, for: profile.profile.id).token
        } catch let error as AccountsError {
            throw error.about(profile.name)
        }
    }
}
