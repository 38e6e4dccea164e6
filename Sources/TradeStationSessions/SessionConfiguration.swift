public import Logging
public import TradeStationModel

/// How a ``SessionManager`` is set up. The defaults open the store that the command line uses.
public struct SessionConfiguration: Sendable {
    /// One directory for everything; nil means `TSACCOUNTS_HOME`, else the XDG directories.
    public var storeDirectory: String?
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
    /// The clock.
    public var clock: any TimeSource = SystemClock()
    /// The source of randomness.
    public var random: RandomSource = .system

    /// The defaults, with everything in `storeDirectory` if one is given.
    public init(storeDirectory: String? = nil) {
        self.storeDirectory = storeDirectory
    }
}

extension Duration {
    var wholeMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
