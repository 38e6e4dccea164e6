import Logging
import TradeStationModel
import TradeStationOAuth

/// Services shared by all logins and sessions of a manager: the store, the transports, the clock, logging and metrics.
final class SessionServices: Sendable {
    let store: any CredentialStore
    /// The store's change counters, here because every ``Session/currentAccessToken()`` reads them.
    let counters: any ChangeCounters
    let endpoint: TokenEndpoint
    let revocation: RevocationEndpoint
    let apiTransport: HTTPTransport
    let streamTransport: HTTPTransport
    let clock: any TimeSource
    let random: RandomSource
    /// Makes the ids of this manager's refresh attempts. Its event stream uses them to recognize the manager's own
    /// audit rows.
    let attemptIDs: AttemptIDs
    let logger: Logger
    let metrics: SessionMetrics
    /// Pauses, sign-ins and other work that ``SessionManager/close()`` ends and waits for.
    let work = TaskRegister()
    /// How long a caller without its own timeout waits.
    let timeoutMilliseconds: Int64
    /// How long the answers of the token endpoint are waited for.
    let answerLimits: AnswerLimits
    /// Whether a token in the last quarter of its lifetime is refreshed in the background.
    let refreshesBehind: Bool
    /// Receives what the callers of a refresh are waiting for.
    let reportWait: @Sendable (RefreshWait) -> Void
    /// Keeps the logins of open sessions fresh while ``SessionManager/run()`` runs.
    let keeper: FreshnessKeeper

    private let signInTransport: HTTPTransport
    private let resolver = NameResolver()

    init(store: any CredentialStore, configuration: SessionConfiguration) {
        self.store = store
        counters = store.changes
        clock = configuration.clock
        random = configuration.random
        attemptIDs = AttemptIDs(random: configuration.random)
        logger = configuration.logger
        metrics = SessionMetrics(factory: configuration.metrics)
        timeoutMilliseconds = configuration.timeout.wholeMilliseconds
        answerLimits = AnswerLimits(
            usual: configuration.exchangeTimeout.wholeMilliseconds,
            longest: configuration.longestExchangeTimeout.wholeMilliseconds
        )
        refreshesBehind = configuration.refreshesBehind
        reportWait = configuration.reportWait
        keeper = FreshnessKeeper(clock: clock, timeout: timeoutMilliseconds, notice: configuration.notice)
        var signIn = TransportConfiguration(configuration, reply: configuration.exchangeTimeout, megabytes: 1)
        signIn.lookUpMilliseconds = Int(configuration.timeout.wholeMilliseconds)
        signInTransport = HTTPTransport(configuration: signIn, resolver: resolver)
        // Token exchanges use another client, so they never reuse an idle API connection. A year of minute bars is about
        // ten megabytes; the size limit only stops endless responses.
        apiTransport = HTTPTransport(
            configuration: .init(configuration, reply: configuration.timeout, megabytes: 64),
            resolver: resolver
        )
        // Streams keep their connections, so requests use another client and never wait for a free one.
        var streams = TransportConfiguration(configuration, reply: configuration.timeout, megabytes: 1)
        streams.connectionsPerHost = 1 << 16
        // A lookup ends before the stream counts as silent, so that the error names the lookup as the cause.
        streams.lookUpMilliseconds = Int(min(configuration.timeout.wholeMilliseconds, StreamMachine.longestSilence / 2))
        streamTransport = HTTPTransport(configuration: streams, resolver: resolver)
        endpoint = TokenEndpoint(transport: signInTransport)
        revocation = RevocationEndpoint(transport: signInTransport)
    }

    /// Whether the manager is closed.
    var isClosed: Bool { work.isClosed }

    /// The deadline of a caller that starts to wait now, by the boot clock.
    var deadline: Int64 { clock.bootMilliseconds() + timeoutMilliseconds }

    /// A refresh for a caller that starts to wait now.
    func request(_ intent: RefreshIntent, for profile: ProfileName, of login: Login.ID) -> RefreshRequest {
        RefreshRequest(login: login, profile: profile, intent: intent, deadline: deadline)
    }

    /// Waits before something is sent or read again.
    ///
    /// - Throws: ``AccountsError`` `closed` as soon as the manager is closed; `CancellationError`.
    func pause(milliseconds: Int64) async throws {
        try await work.run { [clock] in try await clock.sleep(milliseconds: milliseconds) }
    }

    /// Runs `body` under a login's lock, which all processes share.
    ///
    /// - Throws: ``AccountsError`` `lock_timeout`; what `body` throws; `CancellationError` while it waits for the lock.
    func withLock<Result: Sendable>(
        on login: Login.ID,
        _ body: () async throws -> Result
    ) async throws -> Result {
        let lock = try await store.lock(login, timeoutMilliseconds: timeoutMilliseconds)
        defer { lock.unlock() }
        return try await body()
    }

    /// Takes the lock of a request's login, and measures the wait for it.
    func lock(for request: RefreshRequest, timeoutMilliseconds: Int64) async throws -> any LoginLock {
        let asked = clock.bootMilliseconds()
        let lock = try await store.lock(request.login, timeoutMilliseconds: timeoutMilliseconds)
        metrics.recordLockWait(request.profile, milliseconds: clock.bootMilliseconds() - asked)
        return lock
    }

    // MARK: Exchanges

    /// A new attempt that starts now.
    func nextAttempt() -> Attempt { Attempt(id: attemptIDs.next(), startedAt: clock.wallTime()) }

    /// Sends the refresh token of an attempt.
    ///
    /// - Parameters:
    ///   - sent: The current time, which counts as the time of the request.
    ///   - onConnecting: Called once the name has been looked up, before anything is sent.
    func send(
        _ attempt: RefreshAttempt,
        at sent: Moment,
        _ patience: ExchangePatience,
        onConnecting: @escaping @Sendable () -> Void
    ) async -> TokenAnswer {
        await endpoint.refresh(
            attempt.credentials,
            refreshToken: attempt.refreshToken,
            at: sent.wall,
            within: Int(patience.answer),
            patience: Int(max(1, patience.lookUp)),
            onConnecting: onConnecting
        )
    }

    // MARK: Counting and logging

    /// Counts, times and logs an exchange. Its audit row is written elsewhere, together with what the exchange changes.
    func noteExchange(
        _ exchange: RefreshAudit.Exchange,
        outcome: String,
        of attempt: Attempt,
        for request: RefreshRequest
    ) {
        metrics.recordExchange(request.profile, outcome: outcome, milliseconds: exchange.milliseconds)
        logger.debug(
            "refresh answered",
            metadata: [
                "profile": "\(request.profile)", "login": "\(request.login.rawValue)",
                "attempt": "\(attempt.id)", "outcome": "\(outcome)",
            ]
        )
    }

    /// Logs a flight that failed.
    func noteFailure(_ error: any Error, of request: RefreshRequest) {
        let code = (error as? AccountsError)?.code.rawValue ?? "unknown"
        logger.debug("refresh failed", metadata: ["profile": "\(request.profile)", "code": "\(code)"])
    }

    /// Logs that new tokens are lost, because they could not be saved anywhere before the manager was closed.
    func noteLoss(_ profile: ProfileName) {
        logger.error("new tokens could not be saved and are lost", metadata: ["profile": "\(profile)"])
    }

    /// Logs that new tokens could not be saved in the database.
    func noteUnsaved(_ profile: ProfileName) {
        logger.info("new tokens could not be saved", metadata: ["profile": "\(profile)"])
    }

    // MARK: Closing

    /// Ends every lookup of a name. A request that waits for one is not sent.
    func stopLookUps() {
        resolver.close()
    }

    /// Closes connections and the store, after everything that uses them has ended.
    func shutDown() async {
        await signInTransport.shutdown()
        await apiTransport.shutdown()
        await store.close()
    }
}

extension TransportConfiguration {
    fileprivate init(_ configuration: SessionConfiguration, reply: Duration, megabytes: Int) {
        self.init(
            connectMilliseconds: Int(configuration.connectTimeout.wholeMilliseconds),
            replyMilliseconds: Int(reply.wholeMilliseconds),
            maximumBodyBytes: megabytes << 20,
            userAgent: "tsaccounts/\(Product.version)",
            network: configuration.network
        )
    }
}
