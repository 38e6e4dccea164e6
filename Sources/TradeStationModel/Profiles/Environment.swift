/// The environment that a profile's requests go to. A token is valid in both environments; only the host differs
/// (TradeStation's documentation page "SIM vs LIVE").
public enum Environment: String, Hashable, Sendable, CaseIterable {
    /// Real accounts.
    case live
    /// Simulated accounts.
    case sim

    /// The origin of TradeStation's API in the environment, without `/v3` or `/v2`.
    public var defaultAPIURL: String {
        switch self {
        case .live: "https://api.tradestation.com"
        case .sim: "https://sim-api.tradestation.com"
        }
    }
}

/// A version of TradeStation's API. `v2` is available in the live environment only.
public enum APIVersion: String, Hashable, Sendable, CaseIterable {
    /// The current API.
    case v3
    /// The old API.
    case v2
}
