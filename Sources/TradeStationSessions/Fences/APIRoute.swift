import TradeStationModel

/// The kind of an API path, as far as it matters for fences (limits on what a profile may do).
///
/// The v3 paths are taken from TradeStation's OpenAPI file (section "Endpoints" of its documentation), the v2 paths
/// from the old file. Names are compared without regard to case, because servers may ignore case too.
enum APIRoute: Hashable, Sendable {
    /// A read-only path without an account id, such as market data, symbol lists or the list of accounts.
    case generalData
    /// A POST that only calculates (`options/riskreward`). It changes nothing.
    case calculation
    /// Data of these accounts; the ids are in lower case.
    case accounts([String])
    /// Places, groups or confirms orders. The body names the accounts.
    case placing
    /// One order, named by its id. The id does not tell which account the order belongs to.
    case order(id: String)
    /// Any other path. `mentionsOrders` is true if the path may place or change orders.
    case unknown(mentionsOrders: Bool)

    /// Classifies a path.
    ///
    /// - Parameter segments: the segments after the version; nil when the path is ambiguous.
    init(_ segments: [String]?, version: APIVersion) {
        guard let segments else {
            self = .unknown(mentionsOrders: true)
            return
        }
        let path = segments.map { $0.lowercased() }
        let route: APIRoute? =
            switch version {
            case .v3: Self.version3(path, segments)
            case .v2: Self.version2(path, segments)
            }
        // v2 also accepts orders by GET, as JSONP.
        self = route ?? .unknown(mentionsOrders: path.contains { $0.hasPrefix("order") || $0.hasPrefix("jsonp") })
    }

    private static func version3(_ path: [String], _ segments: [String]) -> APIRoute? {
        switch path.first {
        case "marketdata": path == ["marketdata", "options", "riskreward"] ? .calculation : .generalData
        case "brokerage": brokerage(Array(path.dropFirst()))
        case "orderexecution":
            switch path.dropFirst() {
            case ["orders"], ["ordergroups"], ["orderconfirm"], ["ordergroupconfirm"]: .placing
            case ["routes"], ["activationtriggers"]: .generalData
            case let rest where rest.count == 2 && rest.first == "orders": .order(id: segments[2])
            default: nil
            }
        default: nil
        }
    }

    private static func brokerage(_ path: [String]) -> APIRoute? {
        let isStream = path.first == "stream"
        let rest = Array(path.dropFirst(isStream ? 1 : 0))
        if rest == ["accounts"], !isStream { return .generalData }
        let byID: Set = ["orders", "historicalorders"]
        let readings = byID.union(["balances", "bodbalances", "positions", "wallets"])
        guard rest.first == "accounts", (3...4).contains(rest.count), readings.contains(rest[2]),
            rest.count == 3 || byID.contains(rest[2])
        else { return nil }
        return accounts(rest[1])
    }

    private static func version2(_ path: [String], _ segments: [String]) -> APIRoute? {
        switch (path.first, path.count) {
        case ("data", _): .generalData
        case ("stream", 2...) where ["tickbars", "barchart", "quote"].contains(path[1]): .generalData
        case ("users", 3) where path[2] == "accounts": .generalData
        case ("orderexecution", 2) where ["exchanges", "activationtriggers"].contains(path[1]): .generalData
        case ("accounts", 3) where ["balances", "positions", "orders"].contains(path[2]): accounts(path[1])
        case ("orders", _) where [[], ["confirm"], ["groups"], ["groups", "confirm"]].contains(path.dropFirst()):
            .placing
        case ("orders", 2): .order(id: segments[1])
        default: nil
        }
    }

    private static func accounts(_ list: String) -> APIRoute? {
        let ids = list.accountIDs
        return ids.isEmpty ? nil : .accounts(ids)
    }
}

extension String {
    /// The account ids of a comma-separated list, in lower case.
    var accountIDs: [String] {
        lowercased().split(separator: ",").map { id in
            String(id.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }.filter { !$0.isEmpty }
    }
}
