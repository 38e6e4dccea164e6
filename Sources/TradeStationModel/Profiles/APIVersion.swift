/// The version of TradeStation's API that a profile speaks. `v2` exists on live only.
public enum APIVersion: String, Hashable, Sendable, CaseIterable {
    /// The current API.
    case v3
    /// The old API.
    case v2
}
