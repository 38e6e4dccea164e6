public import ServiceLifecycle
import TradeStationModel

/// Keeping open sessions fresh ahead of time.
extension SessionManager: Service {
    /// Refreshes every login that somebody holds a session on shortly before it is due, until graceful shutdown or
    /// ``close()``. Of many that are due at once a few are refreshed at a time; one that another process has refreshed
    /// is adopted.
    ///
    /// After graceful shutdown it returns when the refreshes that it began are saved. Those that calls began it leaves
    /// to ``close()``; cancelled, all of them.
    ///
    /// - Throws: `CancellationError`; ``AccountsError`` `closed`, and `usage` when it runs already. No failing refresh
    ///   ends it: ``SessionConfiguration/notice`` is told.
    public func run() async throws {
        guard !isClosed else { throw AccountsError.closed }
        guard keeper == nil else { throw AccountsError.runsAlready }
        let (bell, ringer) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        var keeper = FreshnessKeeper(bell: ringer)
        for login in open.ids { keeper.plan(login, at: clock.bootMilliseconds()) }
        self.keeper = keeper
        defer {
            self.keeper?.close()
            self.keeper = nil
        }
        await withDiscardingTaskGroup { group in
            await withGracefulShutdownHandler {
                for await _ in bell {
                    for login in self.keeper?.takeDue(clock) ?? [] {
                        group.addTask { await self.lookAfter(login) }
                    }
                }
            } onGracefulShutdown: {
                ringer.finish()
            }
        }
        try Task.checkCancellation()
    }

    /// Plans the next turn of a login whose session was just opened.
    func keepFresh(_ login: Login.ID, _ stored: StoredLogin?, for profile: ProfileName) {
        guard keeper != nil, let stored else { return }
        let now = clock.now()
        if case .rest(let until) = FreshnessNeed(of: stored, now: now) {
            note(nil, of: login, profile)
            keeper?.plan(login, at: until)
        } else {
            keeper?.plan(login, at: now.bootMilliseconds)
        }
    }

    /// Plans the next turn of a login that somebody's flight has just refreshed.
    func keepFresh(_ login: Login.ID, _ tokens: TokenSet) {
        let pause = FreshnessNeed.pauseAfterSuccess(lifetimeSeconds: tokens.lifetimeSeconds)
        keeper?.plan(login, at: clock.bootMilliseconds() + pause)
    }

    private func lookAfter(_ login: Login.ID) async {
        let next = await turn(of: login)
        keeper?.finish(login, next: next)
    }

    /// Does what a login needs; when to look at it again, nil when nobody holds a session on it any more.
    private func turn(of login: Login.ID) async -> Int64? {
        guard let (cache, profile) = open[login] else { return nil }
        do {
            let change = cache.change
            guard let stored = try await coordinator.known(login) else { return nil }
            adopt(stored, since: change, into: cache)
            switch FreshnessNeed(of: stored, now: clock.now()) {
            case .rest(let until):
                note(nil, of: login, profile)
                return until
            case .patience(let milliseconds):
                let end = clock.bootMilliseconds() + milliseconds
                // Until then nobody need ask for what cannot be had.
                cache.serve(until: end)
                return end
            case .refresh(let intent):
                cache.serve(until: .max)
                let result = try await join(
                    cache,
                    intent,
                    for: profile,
                    deadline: clock.bootMilliseconds() + timeout
                )
                note(result.saveFailure, of: login, profile)
                return clock.bootMilliseconds()
                    + FreshnessNeed.pauseAfterSuccess(lifetimeSeconds: result.tokens.lifetimeSeconds)
            case .help(let error):
                note(error, of: login, profile)
                return clock.bootMilliseconds() + FreshnessNeed.pauseForHelp
            }
        } catch {
            if let error = error as? AccountsError { note(error, of: login, profile) }
            return clock.bootMilliseconds() + FreshnessNeed.pauseAfterFailure
        }
    }

    private func note(_ failure: AccountsError?, of login: Login.ID, _ profile: ProfileName) {
        guard !isClosed, keeper?.note(failure?.code, of: login) == true else { return }
        notice(KeepingNotice(profile: profile, failure: failure?.about(profile)))
    }
}

extension AccountsError {
    fileprivate static let runsAlready = AccountsError(
        .usage,
        "The session manager is keeping its sessions fresh already.",
        suggestion: "one run() per SessionManager"
    )
}
