public import CoreMetrics
import Foundation
public import Logging
public import TradeStationModel
import TradeStationStore

/// The settings of a ``SessionManager``. The defaults open the store that the command line uses.
public struct SessionConfiguration: Sendable {
    /// The store to open.
    public var store: StoreChoice
    /// The name of the program for the audit; nil means the name of the process.
    public var requester: String?
    /// How long a caller waits for a token. A refresh that has started continues after the caller stops waiting.
    public var timeout: Duration = .seconds(30)
    /// How long connecting to a server may take, after its name has been looked up.
    public var connectTimeout: Duration = .seconds(3)
    /// How long a whole exchange with the token endpoint may take.
    ///
    /// The lookup of the server's name does not count; ``timeout`` limits it. An answer that may contain the only refresh
    /// token that works is waited for longer, up to 30 seconds: that of a rotating key, and of a key that is not known to
    /// be static.
    public var exchangeTimeout: Duration = .seconds(5)
    /// How long an exchange may take whose answer may contain the only refresh token that works, if this is more than
    /// ``exchangeTimeout``.
    package var longestExchangeTimeout: Duration = .seconds(30)
    /// The proxy, and the certificate authorities that are trusted. The default is what the environment of the process
    /// says: `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`, `SSL_CERT_FILE` and `SSL_CERT_DIR`.
    public var network = NetworkSettings(environment: ProcessInfo.processInfo.environment)
    /// Whether a token in the last quarter of its lifetime is refreshed in the background while callers still get it.
    ///
    /// A one-shot command turns this off, because it would end before such a refresh does. It then refreshes a token
    /// only shortly before the token expires.
    public var refreshesBehind = true
    /// Whether to trust the members of the store's group, and whoever can write to the directories above the store.
    ///
    /// Platforms for containers give a volume to a group (`fsGroup` of Kubernetes); without this, such a store is refused
    /// with `insecure_permissions`. While the group is trusted, each new audit row records that it is. The default is
    /// `true` if the environment variable `TSACCOUNTS_TRUST_GROUP` is 1.
    public var trustsGroup = ProcessInfo.processInfo.environment["TSACCOUNTS_TRUST_GROUP"] == "1"
    /// Called by ``SessionManager/run()`` when a login can no longer be kept fresh, and when it can be again.
    ///
    /// Must not block.
    public var notice: @Sendable (KeepingNotice) -> Void = { _ in }
    /// Receives what the callers of a refresh are waiting for. Must not block.
    package var reportWait: @Sendable (RefreshWait) -> Void = { _ in }
    /// Receives log messages, at most at level `info` and without secrets. Discards them by default.
    public var logger = Logger(label: "tsaccounts", factory: { _ in SwiftLogNoOpLogHandler() })
    /// Receives counters and timers; nil means the factory that the program bootstrapped `MetricsSystem` with.
    ///
    /// Every metric has the dimension `profile`; the durations are timers.
    ///
    /// - `tsaccounts_exchanges_total`, `tsaccounts_exchange_duration`: refreshes sent to the token endpoint, by
    ///   `outcome`: `rotated`, `renewed` or the code of the error.
    /// - `tsaccounts_adoptions_total`: tokens that another process had already refreshed when a refresh was due.
    /// - `tsaccounts_lock_wait_duration`: how long a refresh waited for the lock of its login.
    /// - `tsaccounts_requests_total`, `tsaccounts_request_duration`: requests to the API by `method` and `status`
    ///   (`none` without an answer). A request that is sent again counts again.
    /// - `tsaccounts_stream_openings_total`; `tsaccounts_stream_interruptions_total`, by `reason`: a
    ///   ``StreamInterruption``.
    public var metrics: (any MetricsFactory)?
    /// The clock.
    public var clock: any TimeSource = SystemClock()
    /// The source of randomness.
    public var random: RandomSource = .system

    /// The default settings for a store.
    public init(store: StoreChoice = .standard) {
        self.store = store
    }

    /// The default settings. If a directory is given, the store keeps everything in it, as with the option `--store`.
    public init(storeDirectory: String?) {
        self.init(store: storeDirectory.map(StoreChoice.directory) ?? .standard)
    }

    /// The directory of the database. It may not exist yet.
    ///
    /// - Throws: ``AccountsError`` `no_store_directory` when no directory is known or the store is in memory.
    public var dataDirectory: String {
        get throws(AccountsError) { try store.location().dataDirectory }
    }

    /// The directory of the key and the settings. It may not exist yet.
    ///
    /// - Throws: ``AccountsError`` `no_store_directory` as ``dataDirectory``.
    package var configDirectory: String {
        get throws(AccountsError) { try store.location().configDirectory }
    }
}

extension Duration {
    /// The duration in milliseconds, limited to a century in either direction.
    ///
    /// The limit keeps `.seconds(.max)` from overflowing.
    var wholeMilliseconds: Int64 {
        let century: Int64 = 3_155_760_000
        let (seconds, attoseconds) = components
        guard abs(Double(seconds)) < Double(century) else { return (seconds < 0 ? -century : century) * 1000 }
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
