public import TradeStationModel

/// What a command that runs once needs: a token or a refresh by profile, with all that it has to tell about it.
extension SessionManager {
    /// A token for a one-shot command, with what such a command has to tell about it.
    ///
    /// - Throws: ``AccountsError`` as ``Session/accessToken(validFor:)``.
    public func token(_ name: ProfileName, validFor duration: Duration = .zero) async throws -> TokenReport {
        guard !isClosed else { throw AccountsError.closed }
        let record = try await registry.profile(named: name)
        do {
            let cache = try await cache(for: record)
            let (token, saveFailure) = try await token(
                for: cache,
                intent: .validity(milliseconds: duration.wholeMilliseconds),
                profile: record.profile,
                timeout: timeout
            )
            return TokenReport(
                profile: record,
                token: token,
                life: .milliseconds(cache.life(at: clock.bootMilliseconds())),
                saveFailure: saveFailure?.about(name)
            )
        } catch let error as AccountsError {
            throw error.about(name)
        }
    }

    /// Makes one exchange for a profile now, unless somebody has made one since `record` was read.
    ///
    /// - Parameters:
    ///   - record: the profile as it was read last.
    ///   - onlyIfDue: makes none while the token is not near its end, the last failure is waited out or the API key is
    ///     refused.
    /// - Throws: ``AccountsError`` of the refresh, for example `login_required` or `server_unreachable`.
    public func refresh(_ record: ProfileRecord, onlyIfDue: Bool = false) async throws -> RefreshReport {
        guard !isClosed else { throw AccountsError.closed }
        do {
            let cache = try await cache(for: record)
            if onlyIfDue, let token = cache.current(for: record.profile.id), try await rests(record) {
                return RefreshReport(
                    profile: record.profile.name,
                    outcome: .fresh,
                    generation: token.generation,
                    expiresAt: token.expiresAt
                )
            }
            let result = try await join(
                cache,
                onlyIfDue ? .ahead(of: record.login.generation) : .attempt(unlessNewerThan: record.login.generation),
                for: record.profile.name,
                deadline: clock.bootMilliseconds() + timeout
            )
            if let failure = result.saveFailure { throw failure }
            return RefreshReport(
                profile: record.profile.name,
                outcome: result.outcome == .refreshed ? .refreshed : .adopted,
                generation: result.generation,
                expiresAt: result.tokens.expiresAt.wall
            )
        } catch let error as AccountsError {
            throw error.about(record.profile.name)
        }
    }

    /// Whether neither the access token nor the refresh token of a login has to be renewed yet.
    private func rests(_ record: ProfileRecord) async throws -> Bool {
        // Only a rotating key's refresh token can be due before the access token is.
        guard record.login.refreshExpiresAt != nil, let stored = try await coordinator.known(record.login.id) else {
            return true
        }
        if case .rest = FreshnessNeed(of: stored, now: clock.now()) { return true }
        return false
    }
}
