import Logging
import TradeStationModel
import TradeStationOAuth

/// What all sessions of a ``SessionManager`` share: store, clock, transports, metrics and the tasks that closing ends.
final class SessionServices: Sendable {
    let store: any CredentialStore
    let clock: any TimeSource
    let random: RandomSource
    let logger: Logger
    let metrics: SessionMetrics
    /// How long a caller waits that sets no timeout of its own.
    let timeoutMilliseconds: Int64
    /// Sends requests to the API. Token exchanges use another client, so they never reuse an idle API connection.
    let apiTransport: HTTPTransport
    /// Opens streams. They keep their connections, so requests use another client and never wait for a free one.
    let streamTransport: HTTPTransport
    /// The tasks that closing the manager ends: pauses and sign-ins.
    let work = TaskRegister()
    /// The names of this manager's refresh attempts. Events use them to recognize its own audit rows.
    let attemptIDs: AttemptIDs

    init(store: any CredentialStore, configuration: SessionConfiguration) {
        self.store = store
        clock = configuration.clock
        random = configuration.random
        logger = configuration.logger
        metrics = SessionMetrics(factory: configuration.metrics)
        timeoutMilliseconds = configuration.timeout.wholeMilliseconds
        // A year of minute bars is about ten megabytes. The limit stops answers without an end.
        apiTransport = HTTPTransport(
            configuration: TransportConfiguration(configuration, replyTimeout: configuration.timeout, megabytes: 64)
        )
        var streams = TransportConfiguration(configuration, replyTimeout: configuration.timeout, megabytes: 1)
        streams.connectionsPerHost = 1 << 16
        streamTransport = HTTPTransport(configuration: streams)
        attemptIDs = AttemptIDs(random: configuration.random)
    }

    /// When a caller that starts to wait now stops waiting, by the boot clock.
    var deadline: Int64 { clock.bootMilliseconds() + timeoutMilliseconds }

    /// Waits before something is sent or read again.
    ///
    /// - Throws: ``AccountsError`` `closed` as soon as the manager is closed; `CancellationError`.
    func pause(milliseconds: Int64) async throws {
        try await work.run { [clock] in try await clock.sleep(milliseconds: milliseconds) }
    }
}

extension TransportConfiguration {
    /// The limits of one of a manager's HTTP clients.
    ///
    /// - Parameters:
    ///   - replyTimeout: how long a whole reply may take.
    ///   - megabytes: the largest body that is read.
    init(_ configuration: SessionConfiguration, replyTimeout: Duration, megabytes: Int) {
        self.init(
            connectMilliseconds: Int(configuration.connectTimeout.wholeMilliseconds),
            replyMilliseconds: Int(replyTimeout.wholeMilliseconds),
            maximumBodyBytes: megabytes << 20,
            userAgent: "tsaccounts/\(Product.version)"
        )
    }
}
