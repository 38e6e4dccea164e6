/// The kind of a request, as far as it matters for quotas: the method and the path without ids and symbols. TradeStation
/// does not document which paths share a resource, so that is learned from the answers.
struct QuotaRoute: Hashable, Sendable {
    /// The fixed words of TradeStation's paths (OpenAPI files of v3 and v2). All other segments are ids or symbols.
    private static let words: Set<String> = [
        "accounts", "activationtriggers", "aggregates", "balances", "barchart", "barcharts", "bodbalances", "brokerage",
        "chains", "changes", "confirm", "cryptopairs", "data", "exchanges", "expirations", "groups", "historicalorders",
        "marketdata", "marketdepth", "options", "orderconfirm", "orderexecution", "ordergroupconfirm", "ordergroups",
        "orders", "positions", "quote", "quotes", "riskreward", "routes", "search", "spreadtypes", "stream", "strikes",
        "suggest", "symbollists", "symbolnames", "symbols", "tickbars", "users", "wallets",
    ]

    /// The method and the path, for example `GET /marketdata/quotes/*`.
    let text: String

    /// - Parameter segments: the segments of the path after the version; nil if they are ambiguous.
    init(method: String, segments: [String]?) {
        let shape = (segments ?? []).enumerated().map { index, segment in
            let word = segment.lowercased()
            return index == 0 || Self.words.contains(word) ? word : "*"
        }
        text = "\(method) /\(shape.joined(separator: "/"))"
    }
}
