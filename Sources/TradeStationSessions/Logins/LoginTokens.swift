import Synchronization
import TradeStationModel

/// The tokens of one login in this process, shared by all of its sessions: the cached snapshot, the refresh in
/// flight, the next scheduled refresh, and tokens that could not be saved yet.
final class LoginTokens: Sendable {
    private struct State {
        var snapshot = TokenSnapshot()
        var profile: ProfileName
        var flight: (RefreshFlight, task: Task<Void, Never>)?
        var unsaved: UnsavedTokens?
        var check = CheckSchedule()
    }

    let id: Login.ID
    let quota: LoginQuota
    private let services: SessionServices
    // Each call for a token reads both of these; reading them through `services` would copy them.
    private let clock: any TimeSource
    private let counters: any ChangeCounters
    private let state: Mutex<State>

    /// - Parameter profile: the profile that the login is opened for.
    init(_ id: Login.ID, profile: ProfileName, services: SessionServices) {
        self.id = id
        self.services = services
        clock = services.clock
        counters = services.counters
        quota = LoginQuota(id, board: services.store.quotas, clock: clock)
        state = Mutex(State(profile: profile))
    }

    private var now: Int64 { clock.bootMilliseconds() }

    /// The current value of the login's change counter.
    private var stamp: ChangeStamp { counters.stamp(of: id) }

    // MARK: Reading from memory

    /// The token in memory; nil when a refresh is due, when any process has changed the login in the store, and when the
    /// profile was removed. Takes one lock and reads each clock once.
    func current(for profile: Profile.ID) -> AccessToken? {
        let (reading, stamp) = (clock.reading, stamp)
        return state.withLock { $0.snapshot.current(for: profile, stamp: stamp, at: reading) }
    }

    /// The generation in memory, 0 when there is none.
    var generation: Int { state.withLock { $0.snapshot.generation } }

    /// The remaining lifetime of the token in memory, in milliseconds.
    var remainingLife: Int64 { state.withLock { $0.snapshot.remainingLife(at: clock.reading) } }

    /// The token in memory, even if it is no longer served.
    var heldToken: AccessToken? { state.withLock { $0.snapshot.token } }

    /// The flight in progress, and its task.
    var flight: (RefreshFlight, task: Task<Void, Never>)? { state.withLock { $0.flight } }

    /// The profile whose session was opened last.
    var profile: ProfileName { state.withLock { $0.profile } }

    // MARK: Reading the store

    /// Reads the login and adopts its tokens for the sessions on a profile.
    func open(for profile: Profile) async throws {
        state.withLock { state in
            state.profile = profile.name
            state.snapshot.open(profile.id)
        }
        do {
            if let stored = try await load() { services.keeper.schedule(self, for: stored) }
        } catch let error as AccountsError {
            throw error.about(profile.name)
        }
    }

    /// Reads the login and adopts its tokens; nil if it was removed.
    @discardableResult
    func load() async throws -> StoredLogin? {
        guard let stored = try await read() else { return nil }
        state.withLock { $0.snapshot.keep(only: stored.profiles.keys) }
        if let tokens = stored.servableTokens, stored.staged == nil {
            adopt(RefreshResult(tokens, of: stored, .fresh))
        }
        return stored
    }

    /// The stored login, together with tokens that could not be saved yet; nil if the login was removed.
    func read() async throws -> StoredLogin? {
        guard var stored = try await services.store.login(id) else {
            forgetUnsaved()
            return nil
        }
        if stored.staged == nil, let unsaved, unsaved.parentGeneration >= stored.login.generation {
            stored.staged = unsaved
        }
        return stored
    }

    /// Adopts tokens, unless memory contains newer ones.
    func adopt(_ result: RefreshResult) {
        let lifetime = TokenLifetime(of: result.tokens, now: clock.now())
        let (softAt, lead) = (lifetime.softAt(of: id), clock.reading.lead)
        state.withLock { $0.snapshot.adopt(result, lifetime: lifetime, softAt: softAt, lead: lead) }
    }

    // MARK: Renewing

    /// A token that satisfies the request, from memory or from the login's flight; and, if the token could not be
    /// saved, the reason.
    ///
    /// - Parameter profile: the profile of the session that asks.
    /// - Throws: ``AccountsError`` as ``Session/accessToken()``; `CancellationError`.
    func token(
        _ request: RefreshRequest,
        for profile: Profile.ID
    ) async throws -> (token: AccessToken, saveFailure: AccountsError?) {
        guard !services.isClosed else { throw AccountsError.closed }
        try requireProfile(profile)
        let stamp = stamp
        let (served, refused) = state.withLock { state in
            let served = state.snapshot.serving(request.intent, stamp: stamp, at: clock.reading)
            return (served, state.snapshot.refusedGeneration)
        }
        if let (token, isSoft) = served {
            if isSoft, services.refreshesBehind { refreshBehind(for: request.profile) }
            return (token, nil)
        }
        // The store does not record that the API refused a token, so request a newer one explicitly.
        var first = request
        if case .validity = request.intent, let refused { first.intent = .newer(than: refused) }
        let result: RefreshResult
        do {
            result = try await refresh(first)
        } catch let error as AccountsError {
            // If the profile was removed, report that instead of the failed refresh.
            try requireProfile(profile)
            throw error
        }
        try requireProfile(profile)
        let moment = clock.now()
        guard result.satisfies(first.intent, at: moment), result.satisfies(request.intent, at: moment) else {
            throw result.shortfall(for: request.intent)
        }
        return (result.accessToken, result.saveFailure)
    }

    /// Joins the login's flight or starts one. Repeats this if a joined flight ends without a result that this caller
    /// can use.
    func refresh(_ request: RefreshRequest) async throws -> RefreshResult {
        while true {
            let (flight, isOwn) = try joinOrLaunch(request)
            do {
                let result = try await flight.wait(until: request.deadline)
                if !isOwn, flight.isOutdated(at: stamp) { continue }
                // Another exchange would return nothing better.
                if isOwn || result.outcome == .refreshed { return result }
                if result.satisfies(request.intent, at: clock.now()) { return result }
            } catch let error as AccountsError {
                if !isOwn, flight.isOutdated(at: stamp) { continue }
                // A flight with another intent or less time may have failed for a reason that does not apply to this
                // caller.
                guard !isOwn, flight.failureMayNotApply(error, to: request), now < request.deadline else {
                    throw error
                }
            }
        }
    }

    /// Starts a refresh in the background. Meanwhile ``current(for:)`` still returns the current token.
    private func refreshBehind(for profile: ProfileName) {
        // The counters may not have existed when the session was opened.
        counters.watch()
        state.withLock { state in
            guard state.flight == nil, !state.snapshot.isClosed else { return }
            state.snapshot.serve(for: .max, at: clock.reading)
            _ = launch(services.request(.ahead(of: state.snapshot.generation), for: profile, of: id), in: &state)
        }
    }

    /// The flight to wait for: the one in progress, or a new one.
    private func joinOrLaunch(_ request: RefreshRequest) throws -> (RefreshFlight, isOwn: Bool) {
        guard !services.isClosed else { throw AccountsError.closed }
        return try state.withLock { state in
            // Checked under the lock too: a flight that begins after close() would use a closed store.
            guard !state.snapshot.isClosed else { throw AccountsError.closed }
            if let (flight, _) = state.flight { return (flight, false) }
            return (launch(request, in: &state), true)
        }
    }

    /// Starts the login's flight. All waiting callers share its task. Cancelling a caller does not cancel the task.
    private func launch(_ request: RefreshRequest, in state: inout State) -> RefreshFlight {
        let flight = RefreshFlight(request, clock: clock, report: services.reportWait)
        let machine = RefreshMachine(intent: request.intent, heldGeneration: state.snapshot.generation)
        let transaction = RefreshTransaction(flight: flight, login: self, services: services, machine: machine)
        let task = Task { [self] in
            var transaction = transaction
            do {
                finish(flight, with: .success(try await transaction.run()))
            } catch is CancellationError {
                // Only closing the manager cancels a flight.
                finish(flight, with: .failure(AccountsError.closed))
            } catch {
                finish(flight, with: .failure(error))
            }
        }
        state.flight = (flight, task)
        return flight
    }

    /// Adopts the result of a flight and resumes its callers.
    private func finish(_ flight: RefreshFlight, with result: Result<RefreshResult, any Error>) {
        switch result {
        case .success(let landed):
            if landed.outcome != .refreshed, landed.generation > generation {
                services.metrics.recordAdoption(flight.request.profile)
            }
            adopt(landed)
            services.keeper.schedule(self, after: landed.tokens)
        case .failure(let error): services.noteFailure(error, of: flight.request)
        }
        state.withLock { state in
            state.flight = nil
            if let profiles = flight.profiles { state.snapshot.keep(only: profiles) }
            if case .failure = result { state.snapshot.serve(for: Self.retryBehindMilliseconds, at: clock.reading) }
        }
        flight.finish(result)
    }

    /// How long to wait after a failed background refresh; the first call after that starts the next one.
    private static let retryBehindMilliseconds: Int64 = 5000

    // MARK: Refusals by the API

    /// Stops serving a token that the API refused, unless a newer one is held.
    func refuse(generation: Int) {
        state.withLock { $0.snapshot.refuse(generation: generation) }
    }

    /// Records that the API refused a token although it was new: it had just replaced another refused token.
    func markFutile(generation: Int) {
        let until = now + RefreshPolicy.pauseAfterFutileRefresh
        state.withLock { $0.snapshot.markFutile(generation: generation, until: until) }
    }

    /// Whether the API has just refused this generation although it was new, so that another refresh would not help
    /// yet.
    func isFutile(generation: Int) -> Bool {
        let now = now
        return state.withLock { $0.snapshot.isFutile(generation: generation, at: now) }
    }

    /// Serves the token from memory for this long although a refresh is due, but not when the token is about to expire.
    func serve(for milliseconds: Int64) {
        state.withLock { $0.snapshot.serve(for: milliseconds, at: clock.reading) }
    }

    /// - Throws: ``AccountsError`` `profile_not_found` once the profile was removed.
    private func requireProfile(_ profile: Profile.ID) throws(AccountsError) {
        guard !state.withLock({ $0.snapshot.isRemoved(profile) }) else { throw .profileRemoved }
    }

    // MARK: Unsaved tokens

    /// Keeps tokens that could not be saved anywhere until a later refresh saves them. No older refresh token is sent
    /// meanwhile.
    func keepUnsaved(_ staged: StagedTokens) {
        state.withLock { $0.unsaved = UnsavedTokens(staged, of: self) }
    }

    /// Tokens that exist only in memory; nil when everything is saved.
    var unsaved: StagedTokens? { state.withLock { $0.unsaved?.staged } }

    /// Discards unsaved tokens: the given ones, or all of them if nil.
    func forgetUnsaved(_ staged: StagedTokens? = nil) {
        state.withLock { if staged == nil || $0.unsaved?.staged == staged { $0.unsaved = nil } }
    }

    // MARK: Keeping fresh

    /// Changes the schedule of the login's checks.
    func updateCheckSchedule<Value: Sendable>(_ change: (inout CheckSchedule) -> Value) -> Value {
        state.withLock { change(&$0.check) }
    }

    // MARK: Closing

    /// Stops serving tokens and cancels the flight. A request that was already sent is completed and saved.
    ///
    /// - Returns: the flight's task, to wait for.
    func close() -> Task<Void, Never>? {
        let task = state.withLock { state in
            state.snapshot.close()
            return state.flight?.task
        }
        task?.cancel()
        return task
    }
}
