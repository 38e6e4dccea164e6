import TradeStationModel

/// What sessions ask for.
extension SessionManager {
    /// A token that satisfies the intent, from memory or by joining the login's flight.
    func token(
        for cache: CachedTokens,
        intent: RefreshIntent,
        profile: Profile,
        timeout: Int64
    ) async throws -> (token: AccessToken, saveFailure: AccountsError?) {
        guard !isClosed else { throw AccountsError.closed }
        try cache.require(profile.id)
        if case .validity(let milliseconds) = intent,
            let (token, isSoft) = cache.serving(milliseconds: milliseconds, at: clock.bootMilliseconds())
        {
            if isSoft && refreshesBehind { refreshBehind(cache, profile.name) }
            return (token, nil)
        }
        // What the API refused is valid as far as the store knows: it takes a newer one first.
        var first = intent
        if case .validity = intent, let refused = cache.refused { first = .newer(than: refused) }
        let result: RefreshResult
        do {
            result = try await join(
                cache,
                first,
                for: profile.name,
                deadline: clock.bootMilliseconds() + timeout
            )
        } catch let error as AccountsError {
            // That the profile is gone says more than what its login lacks.
            try cache.require(profile.id)
            throw error
        }
        try cache.require(profile.id)
        if first != intent, !satisfies(result, intent) { throw shortfall(of: result, intent) }
        return (result.accessToken, result.saveFailure)
    }

    /// Waits for the login's flight. What another caller's flight brings may not be enough for this one, whose own
    /// then follows.
    func join(
        _ cache: CachedTokens,
        _ intent: RefreshIntent,
        for profile: ProfileName,
        deadline: Int64
    ) async throws -> RefreshResult {
        while true {
            guard !isClosed else { throw AccountsError.closed }
            let running = airborne[cache.login]?.flight
            let flight = running ?? launch(cache, intent, profile, deadline: deadline)
            do {
                let result = try await flight.wait(until: deadline)
                if running != nil, flight.isOlder(than: cache.change) { continue }
                if satisfies(result, intent) { return result }
                guard running != nil else { throw shortfall(of: result, intent) }
            } catch let error as AccountsError {
                if running != nil, flight.isOlder(than: cache.change) { continue }
                // Somebody else's flight, for another purpose or with less time, failed for a reason that may not be this
                // caller's.
                guard running != nil, flight.intent != intent || flight.fellShort(error, of: deadline),
                    clock.bootMilliseconds() < deadline
                else { throw error }
            }
        }
    }

    /// Why a token that was just brought is not enough.
    private func shortfall(of result: RefreshResult, _ intent: RefreshIntent) -> AccountsError {
        if case .validity(let milliseconds) = intent, milliseconds >= Int64(result.tokens.lifetimeSeconds) * 1000 {
            return .minValidityTooLong(lifetimeSeconds: result.tokens.lifetimeSeconds)
        }
        return result.saveFailure ?? .answeredTooLate
    }

    private func satisfies(_ result: RefreshResult, _ intent: RefreshIntent) -> Bool {
        switch intent {
        case .newer(let old), .ahead(let old), .attempt(let old): return result.generation > old
        case .validity(let milliseconds):
            let hard = RefreshPolicy.hardMinimum(lifetimeSeconds: result.tokens.lifetimeSeconds)
            return result.tokens.expiresAt.milliseconds(after: clock.now()) >= max(hard, milliseconds)
        }
    }
}
