import Foundation
import Logging
import TradeStationOAuth
import TradeStationStore

/// Hands out auto-refreshing sessions by profile name, and sees to it that each login's refresh token is exchanged
/// once however many callers, tasks and processes ask.
public actor SessionManager {
    struct Airborne {
        let flight: RefreshFlight
        let task: Task<Void, Never>
    }

    /// Adds, changes and signs in profiles.
    public nonisolated let registry: ProfileRegistry

    nonisolated let services: SessionServices
    nonisolated let clock: any TimeSource
    nonisolated let timeout: Int64
    nonisolated let metrics: SessionMetrics
    private nonisolated let signInTransport: HTTPTransport
    nonisolated let store: any CredentialStore
    nonisolated let coordinator: RefreshCoordinator
    nonisolated let notice: @Sendable (KeepingNotice) -> Void
    nonisolated let refreshesBehind: Bool
    nonisolated let logger: Logger
    private(set) var airborne: [Login.ID: Airborne] = [:]
    var open = OpenLogins()
    private(set) var isClosed = false
    /// Set while ``run()`` runs.
    var keeper: FreshnessKeeper?

    /// Opens the store, or makes it on first use.
    ///
    /// - Throws: ``AccountsError`` of the store: `insecure_permissions`, `key_missing`, `key_mismatch`,
    ///   `schema_too_new`, `store_corrupt`, `cannot_create`, `no_store_directory`, `store_busy`.
    public init(configuration: SessionConfiguration = SessionConfiguration()) async throws {
        let identity = AuditIdentity(
            requester: configuration.requester ?? ProcessInfo.processInfo.processName,
            host: HostName.current,
            pid: ProcessInfo.processInfo.processIdentifier,
            version: Product.version
        )
        let store = try await configuration.store.open(
            identity: identity,
            clock: configuration.clock,
            random: configuration.random
        )
        self.init(store: store, configuration: configuration)
    }

    init(store: any CredentialStore, configuration: SessionConfiguration) {
        services = SessionServices(store: store, configuration: configuration)
        self.store = store
        clock = services.clock
        timeout = services.timeoutMilliseconds
        metrics = services.metrics
        refreshesBehind = configuration.refreshesBehind
        notice = configuration.notice
        logger = configuration.logger
        signInTransport = HTTPTransport(
            configuration: TransportConfiguration(
                configuration,
                replyTimeout: configuration.exchangeTimeout,
                megabytes: 1
            )
        )
        let endpoint = TokenEndpoint(transport: signInTransport)
        coordinator = RefreshCoordinator(
            store: store,
            endpoint: endpoint,
            clock: configuration.clock,
            random: configuration.random,
            attempts: services.attemptIDs,
            logger: configuration.logger,
            metrics: metrics
        )
        registry = ProfileRegistry(
            store: store,
            endpoint: endpoint,
            revocation: RevocationEndpoint(transport: signInTransport),
            coordinator: coordinator,
            clock: configuration.clock,
            random: configuration.random,
            timeoutMilliseconds: services.timeoutMilliseconds,
            work: services.work
        )
    }

    /// A session for a profile.
    ///
    /// - Throws: ``AccountsError`` `bad_name`, `profile_not_found` (with the nearest name), `record_tampered`,
    ///   `closed`.
    public func session(named name: String) async throws -> Session {
        guard !isClosed else { throw AccountsError.closed }
        store.changes.watch()
        let record = try await registry.profile(named: ProfileName(name))
        let cache = try await cache(for: record)
        return Session(record: record, cache: cache, manager: self)
    }

    /// A session that lives as long as `body`, which runs where its caller does.
    ///
    /// - Throws: as ``session(named:)``; what `body` throws.
    public nonisolated func withSession<Result: Sendable>(
        named name: String,
        _ body: (Session) async throws -> Result
    ) async throws -> Result {
        try await body(try await session(named: name))
    }

    /// Ends all streams, requests, sign-ins and flights and closes the store. A refresh that has been sent and a code
    /// that is being exchanged are saved first. Safe at any moment, twice; not from within a ``SignInInteraction``, for
    /// which it waits.
    public func close() async {
        isClosed = true
        for login in open.ids { open[login]?.cache.close() }
        keeper?.close()
        services.work.close()
        let flights = airborne.values
        for airborne in flights { airborne.task.cancel() }
        await services.streamTransport.shutdown()
        for airborne in flights { await airborne.task.value }
        await services.work.waitForTasks()
        await signInTransport.shutdown()
        await services.apiTransport.shutdown()
        await store.close()
    }

    // MARK: Flights

    /// Starts a refresh that nobody waits for. Until it has landed, the fast path serves what there is.
    func refreshBehind(_ cache: CachedTokens, _ profile: ProfileName) {
        guard airborne[cache.login] == nil else { return }
        // Where there was no board when the session was opened, there may be one by now.
        store.changes.watch()
        cache.serve(until: .max)
        _ = launch(cache, .ahead(of: cache.generation), profile, deadline: clock.bootMilliseconds() + timeout)
    }

    /// Starts the login's flight.
    func launch(
        _ cache: CachedTokens,
        _ intent: RefreshIntent,
        _ profile: ProfileName,
        deadline: Int64
    ) -> RefreshFlight {
        let flight = RefreshFlight(intent: intent, deadline: deadline, clock: clock)
        let order = RefreshCoordinator.Order(
            login: cache.login,
            profile: profile,
            intent: intent,
            deadline: deadline,
            flight: flight
        )
        // The one stored task per login: shared by its waiters, never cancelled with the first of them.
        let task = Task { [coordinator] in
            var change = cache.change
            let result: Result<RefreshResult, any Error>
            do {
                let landed = try await coordinator.run(order)
                change = await coordinator.change(with: landed, of: cache, since: change, order)
                result = .success(landed)
            } catch is CancellationError {
                // Only closing cancels a flight.
                result = .failure(AccountsError.closed)
            } catch {
                result = .failure(error)
            }
            land(cache, flight, result, for: profile, since: change)
        }
        airborne[cache.login] = Airborne(flight: flight, task: task)
        return flight
    }

    private func land(
        _ cache: CachedTokens,
        _ flight: RefreshFlight,
        _ result: Result<RefreshResult, any Error>,
        for profile: ProfileName,
        since change: Int64
    ) {
        airborne[cache.login] = nil
        if let profiles = flight.profiles { cache.note(profiles: profiles) }
        switch result {
        case .success(let landed):
            if landed.outcome != .refreshed, landed.generation > cache.generation { metrics.recordAdoption(profile) }
            cache.adopt(landed.tokens, generation: landed.generation, since: change, now: clock.now())
            keepFresh(cache.login, landed.tokens)
        case .failure(let error):
            logger.debug(
                "refresh failed",
                metadata: ["profile": "\(profile)", "code": "\((error as? AccountsError)?.code.rawValue ?? "unknown")"]
            )
            cache.serve(until: clock.bootMilliseconds() + Self.retryBehindMilliseconds)
        }
        flight.finish(result, since: change)
    }

    /// After a failed refresh behind a valid token, the next one starts at the first call after this.
    private static let retryBehindMilliseconds: Int64 = 5000
}
