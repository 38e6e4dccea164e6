public import CoreMetrics
public import Logging
public import TradeStationModel
import TradeStationStore

/// How a ``SessionManager`` is set up. The defaults open the store that the command line uses.
public struct SessionConfiguration: Sendable {
    /// Which store is opened.
    public var store: StoreChoice
    /// Who asks, as the audit says it; nil means the name of this program.
    public var requester: String?
    /// How long a caller waits for a token before it leaves. A refresh under way goes on without it.
    public var timeout: Duration = .seconds(30)
    /// How long connecting to a server may take.
    public var connectTimeout: Duration = .seconds(3)
    /// How long a whole exchange with the token endpoint may take.
    public var exchangeTimeout: Duration = .seconds(5)
    /// Whether a token in its last quarter of life is refreshed behind the caller's back. A one-shot command, which
    /// ends before such a refresh does, turns it off and refreshes only below the hard minimum.
    public var refreshesBehind = true
    /// Told by ``SessionManager/run()`` when a login cannot be kept fresh, and when it can be again. Must not block.
    public var notice: @Sendable (KeepingNotice) -> Void = { _ in }
    /// Where messages go: nothing above `info`, nothing secret. Silent by default.
    public var logger = Logger(label: "tsaccounts", factory: { _ in SwiftLogNoOpLogHandler() })
    /// Where counts and times go; nil means the factory that the program has bootstrapped `MetricsSystem` with.
    ///
    /// Every name has the dimension `profile`; the durations are timers.
    ///
    /// - `tsaccounts_exchanges_total`, `tsaccounts_exchange_duration`: refreshes sent to the token endpoint, by `outcome`:
    ///   `rotated`, `renewed` or the code of the error.
    /// - `tsaccounts_adoptions_total`: tokens taken over from another process when one was due.
    /// - `tsaccounts_lock_wait_duration`: how long a flight waited for its login's lock.
    /// - `tsaccounts_requests_total`, `tsaccounts_request_duration`: requests to the API, each sending for itself, by
    ///   `method` and `status` (`none` when there was no answer).
    /// - `tsaccounts_stream_openings_total`; `tsaccounts_stream_interruptions_total`, by `reason`: a
    ///   ``StreamInterruption``.
    public var metrics: (any MetricsFactory)?
    /// The clock.
    public var clock: any TimeSource = SystemClock()
    /// The source of randomness.
    public var random: RandomSource = .system

    /// The defaults, with a store.
    public init(store: StoreChoice = .standard) {
        self.store = store
    }

    /// The defaults, with everything in one directory if one is given, as an option `--store` would have it.
    public init(storeDirectory: String?) {
        self.init(store: storeDirectory.map(StoreChoice.directory) ?? .standard)
    }

    /// The directory that the database lives in, or will live in.
    ///
    /// - Throws: ``AccountsError`` `no_store_directory`, also when the store is in memory.
    public var dataDirectory: String {
        get throws(AccountsError) { try store.location().dataDirectory }
    }
}

extension Duration {
    /// In milliseconds, at most a century either way: whoever says `.seconds(.max)` means "as long as it takes".
    var wholeMilliseconds: Int64 {
        let century: Int64 = 3_155_760_000
        let (seconds, attoseconds) = components
        guard abs(Double(seconds)) < Double(century) else { return (seconds < 0 ? -century : century) * 1000 }
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
