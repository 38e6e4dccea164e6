import TradeStationOAuth

/// What a program holds for a profile: fresh access tokens and authorised requests. Cheap to copy, safe to share.
public struct Session: Sendable {
    /// The profile as it stood when the session was opened.
    public let profile: ProfileRecord

    private let cache: CachedTokens
    private let manager: SessionManager

    init(record: ProfileRecord, cache: CachedTokens, manager: SessionManager) {
        profile = record
        self.cache = cache
        self.manager = manager
    }

    /// The access token in memory, without waiting; nil when a refresh is due.
    public func currentAccessToken() -> AccessToken? {
        cache.current()
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
        try await token(.validity(milliseconds: duration.wholeMilliseconds))
    }

    /// A GET on the profile's own host with the profile's token.
    ///
    /// After a 401 it is sent once more: with a newer stored token if there is one, else after one refresh.
    ///
    /// - Parameter path: a path with an optional query, for example `/v3/brokerage/accounts`; the `/v3` or `/v2` may
    ///   be left out. Anything else that could lead to another host is refused.
    /// - Throws: ``AccountsError`` `usage` for a bad path, `server_unreachable`, and as ``accessToken()``.
    public func get(_ path: String) async throws -> APIResponse {
        let target = try APIRequestTarget(path, profile: profile.profile)
        let token = try await accessToken()
        let response = try await send(target, token)
        guard response.status == 401 else { return response }
        cache.refuse(generation: token.generation)
        return try await send(target, try await self.token(.newer(than: token.generation)))
    }

    private func send(_ target: APIRequestTarget, _ token: AccessToken) async throws -> APIResponse {
        let request = HTTPExchangeRequest(
            method: "GET",
            url: target.url,
            headers: [("Authorization", token.authorizationHeader), ("Accept", "application/json")]
        )
        do {
            let reply = try await manager.apiTransport.execute(request)
            return APIResponse(status: reply.status, headers: reply.headers, body: reply.body)
        } catch {
            try Task.checkCancellation()
            throw AccountsError(
                .serverUnreachable,
                profile: profile.profile.name.text,
                "The API gave no answer.",
                reason: error.explanation,
                suggestion: "the same request when the network is back"
            )
        }
    }

    private func token(_ intent: RefreshIntent) async throws -> AccessToken {
        do {
            return try await manager.token(
                for: cache,
                intent: intent,
                profile: profile.profile.name,
                timeout: manager.timeout
            ).token
        } catch let error as AccountsError {
            throw error.about(profile.profile.name)
        }
    }
}
