import Foundation
import Logging
public import ServiceLifecycle
import TradeStationModel
import TradeStationOAuth
import TradeStationStore

/// Hands out auto-refreshing sessions by profile name. Each login's refresh token is exchanged once per expiry, however
/// many callers, tasks and processes ask.
public actor SessionManager {
    /// Adds, changes and signs in profiles.
    public nonisolated let registry: ProfileRegistry

    nonisolated let services: SessionServices
    /// The logins of open sessions.
    nonisolated let logins: LoginDirectory
    private var closing: Task<Void, Never>?

    /// Opens the store. If it does not exist, ``ProfileRegistry/add(_:interaction:)`` creates it; until then, everything
    /// that needs the store throws `store_missing`, which names the directory.
    ///
    /// - Throws: ``AccountsError`` of the store: `insecure_permissions`, `key_missing`, `key_mismatch`,
    ///   `schema_too_new`, `store_corrupt`, `cannot_create`, `no_store_directory`, `store_busy`.
    public init(configuration: SessionConfiguration = SessionConfiguration()) async throws {
        let identity = AuditIdentity(
            requester: configuration.requester ?? ProcessInfo.processInfo.processName,
            host: HostName.current,
            pid: ProcessInfo.processInfo.processIdentifier,
            version: Product.version,
            trustsGroup: configuration.trustsGroup
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
        logins = LoginDirectory(services: services)
        registry = ProfileRegistry(services: services, logins: logins)
    }

    // MARK: Sessions

    /// A session for a profile.
    ///
    /// - Throws: ``AccountsError`` `bad_name`, `profile_not_found` (with the nearest name), `store_missing`,
    ///   `record_tampered`, `closed`.
    public func session(named name: String) async throws -> Session {
        try requireOpen()
        services.counters.watch()
        let record = try await registry.profile(named: ProfileName(name))
        return Session(record: record, login: try await login(of: record), services: services)
    }

    /// A session for the duration of `body`, which runs in the caller's isolation.
    ///
    /// - Throws: as ``session(named:)``; what `body` throws.
    public nonisolated func withSession<Result: Sendable>(
        named name: String,
        _ body: (Session) async throws -> Result
    ) async throws -> Result {
        try await body(try await session(named: name))
    }

    /// The tokens that all sessions on a profile's login share, as the store has them now.
    private func login(of record: ProfileRecord) async throws -> LoginTokens {
        let login = logins.tokens(of: record)
        try await login.open(for: record.profile)
        return login
    }

    /// The quotas of a login that are known and not full again, the one that was reported last first.
    package nonisolated func quotas(of login: Login.ID) -> [APIQuota] {
        LoginQuota(login, board: services.store.quotas, clock: services.clock).current
    }

    /// Whether ``run()`` runs, and starts each refresh at most this many milliseconds after it is due.
    package nonisolated func keepsUp(within milliseconds: Int64) -> Bool {
        services.keeper.keepsUp(within: milliseconds)
    }

    /// How many callers in this process wait for a refresh, for each login in use.
    package nonisolated var waiterCounts: [Login.ID: Int] {
        Dictionary(uniqueKeysWithValues: logins.all.map { ($0.id, $0.flight?.0.waiterCount ?? 0) })
    }

    // MARK: Tokens and refreshes for commands that run once

    /// A token for a one-shot command, with everything that such a command reports about it.
    ///
    /// - Parameters:
    ///   - record: the profile as it was read last.
    ///   - duration: how long the token must be valid at least.
    /// - Throws: ``AccountsError`` as ``Session/accessToken(validFor:)``.
    public func token(_ record: ProfileRecord, validFor duration: Duration = .zero) async throws -> TokenReport {
        try requireOpen()
        do {
            let login = try await login(of: record)
            let intent = RefreshIntent.validity(milliseconds: duration.wholeMilliseconds)
            let request = services.request(intent, for: record.name, of: login.id)
            let (token, saveFailure) = try await login.token(request, for: record.profile.id)
            return TokenReport(
                profile: record,
                token: token,
                life: .milliseconds(login.remainingLife),
                saveFailure: saveFailure?.about(record.name)
            )
        } catch let error as AccountsError {
            throw error.about(record.name)
        }
    }

    /// Makes one exchange for a profile now, unless another one was made since `record` was read.
    ///
    /// - Parameters:
    ///   - record: the profile as it was read last.
    ///   - onlyIfDue: whether to make the exchange only if a token is about to expire, no backoff is in progress, and
    ///     the API key is not refused.
    /// - Throws: ``AccountsError`` of the refresh, for example `login_required` or `server_unreachable`.
    public func refresh(_ record: ProfileRecord, onlyIfDue: Bool = false) async throws -> RefreshReport {
        try requireOpen()
        do {
            let login = try await login(of: record)
            let generation = record.login.generation
            if onlyIfDue, let token = login.current(for: record.profile.id), try await isAtRest(login, record) {
                return RefreshReport(
                    profile: record.name,
                    outcome: .fresh,
                    generation: token.generation,
                    expiresAt: token.expiresAt
                )
            }
            let intent: RefreshIntent = onlyIfDue ? .ahead(of: generation) : .attempt(unlessNewerThan: generation)
            let result = try await login.refresh(services.request(intent, for: record.name, of: login.id))
            if let failure = result.saveFailure { throw failure }
            return RefreshReport(
                profile: record.name,
                outcome: result.outcome == .fresh ? .adopted : result.outcome,
                generation: result.generation,
                expiresAt: result.tokens.expiresAt.wall
            )
        } catch let error as AccountsError {
            throw error.about(record.name)
        }
    }

    /// Whether a login needs no refresh now: both of its tokens can still be used for a while, and no process died
    /// during a refresh.
    private func isAtRest(_ login: LoginTokens, _ record: ProfileRecord) async throws -> Bool {
        // Only a rotating key's refresh token can be due before the access token is.
        guard record.login.refreshExpiresAt != nil || record.login.attempt != nil,
            let stored = try await login.read()
        else { return true }
        if case .rest = FreshnessNeed(of: stored, now: services.clock.now()) { return true }
        return false
    }

    /// Refreshes several profiles, up to 16 logins at once. The profiles of one login follow one another, so that the
    /// first makes the exchange and the others adopt its tokens, or share its failure.
    ///
    /// - Parameters:
    ///   - records: the profiles as they were read last.
    ///   - onlyIfDue: as in ``refresh(_:onlyIfDue:)``. A profile that is not due costs one read of the store.
    /// - Returns: the result for each profile, in the order of `records`.
    /// - Throws: `CancellationError`.
    public func refresh(
        all records: [ProfileRecord],
        onlyIfDue: Bool = false
    ) async throws -> [Result<RefreshReport, AccountsError>] {
        typealias Results = [(index: Int, result: Result<RefreshReport, AccountsError>)]
        var logins = Dictionary(grouping: records.indices) { records[$0].login.id }.values
            .sorted { $0[0] < $1[0] }.makeIterator()
        return try await withThrowingTaskGroup(of: Results.self) { group in
            func startNext() {
                guard let indices = logins.next() else { return }
                group.addTask {
                    var results: Results = []
                    for index in indices {
                        // A failure of the login is the failure of all its profiles.
                        if case .failure(let error) = results.last?.result {
                            results.append((index, .failure(error)))
                            continue
                        }
                        do {
                            let report = try await self.refresh(records[index], onlyIfDue: onlyIfDue)
                            results.append((index, .success(report)))
                        } catch let error as AccountsError {
                            results.append((index, .failure(error)))
                        }
                    }
                    return results
                }
            }
            for _ in 0..<CheckQueue.limit { startNext() }
            var byIndex: [Int: Result<RefreshReport, AccountsError>] = [:]
            while let finished = try await group.next() {
                for (index, result) in finished { byIndex[index] = result }
                startNext()
            }
            return records.indices.compactMap { byIndex[$0] }
        }
    }

    // MARK: Closing

    private nonisolated func requireOpen() throws(AccountsError) {
        guard !services.isClosed else { throw .closed }
    }

    /// Ends all streams, requests, sign-ins and refreshes, and closes the store. The results of a refresh that was sent
    /// and of a sign-in whose code is being exchanged are saved first. It can be called at any time and more than once,
    /// but not from within a ``SignInInteraction``, because it waits for sign-ins to end.
    public func close() async {
        // Runs in an unstructured task so that closing is neither cancelled with its caller nor done twice.
        let task = closing ?? Task { await end() }
        closing = task
        await task.value
    }

    private func end() async {
        services.work.close()
        services.keeper.close()
        services.stopLookUps()
        let flights = logins.close()
        await services.streamTransport.shutdown()
        for flight in flights { await flight.value }
        await services.work.waitForTasks()
        for login in logins.all { await TokenSaver(services: services, login: login).saveUnsaved() }
        await services.shutDown()
    }
}

extension SessionManager: Service {
    /// Refreshes the logins of all open sessions shortly before they are due, until graceful shutdown or ``close()``. At
    /// most 16 are refreshed at a time; tokens that another process has refreshed are adopted.
    ///
    /// After graceful shutdown it returns when its own refreshes are saved; refreshes of other callers end with
    /// ``close()``.
    ///
    /// - Throws: `CancellationError`; ``AccountsError`` `closed`, and `usage` when it already runs. A failing refresh does
    ///   not end it: ``SessionConfiguration/notice`` is called instead.
    public func run() async throws {
        try requireOpen()
        try await services.keeper.run(logins)
        try Task.checkCancellation()
    }
}
