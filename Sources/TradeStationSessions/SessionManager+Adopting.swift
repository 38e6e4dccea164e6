import TradeStationModel

/// Taking over into memory what the store has.
extension SessionManager {
    /// The tokens that sessions on a profile's login share, as the store has them now.
    func cache(for record: ProfileRecord) async throws -> CachedTokens {
        let cache =
            open[record.login.id]?.cache
            ?? CachedTokens(login: record.login.id, board: store.changes, clock: clock)
        open.note(cache, for: record.profile.name)
        cache.note(user: record.profile.id)
        do {
            let change = cache.change
            let stored = try await coordinator.known(record.login.id)
            if let stored { adopt(stored, since: change, into: cache) }
            keepFresh(record.login.id, stored, for: record.profile.name)
        } catch let error as AccountsError {
            throw error.about(record.profile.name)
        }
        return cache
    }

    /// Takes over what the store knows, as far as it may be handed out.
    func adopt(_ stored: StoredLogin, since change: Int64, into cache: CachedTokens) {
        cache.note(profiles: stored.profiles.keys)
        guard let tokens = stored.tokens, stored.staged == nil, stored.login.state != .held else { return }
        cache.adopt(tokens, generation: stored.login.generation, since: change, now: clock.now())
    }
}
