/// Where a profile's requests go: real money or the simulator. One token serves both
/// (TradeStation, "SIM vs LIVE"); only the host differs.
public enum Environment: String, Hashable, Sendable, CaseIterable {
    /// Real accounts.
    case live
    /// Simulated accounts.
    case sim

    /// TradeStation's own host for the environment, without the `/v3` or `/v2` part.
    public var defaultAPIURL: String {
        switch self {
        case .live: "https://api.tradestation.com"
        case .sim: "https://sim-api.tradestation.com"
        }
    }
}
