/// A resource of the API, with the paths of TradeStation's OpenAPI file.
enum APIResource: Sendable, Equatable {
    case accounts
    case balances(accounts: [String])
    case positions(accounts: [String])
    /// The orders of accounts: all of them, or those with the given ids.
    case orders(accounts: [String], ids: [String]?)
    case quotes(symbols: [String])
    case bars(symbol: String)
    case stream(StreamSubject)
    case newOrder, orderConfirmation
    case newOrderGroup, orderGroupConfirmation
    case order(id: String)
    /// A v2 symbol search: the symbols that start with a text (`suggest`) or match criteria (`search`).
    case symbols(String)

    init?(version3 path: [String]) {
        switch (path.first, Array(path.dropFirst())) {
        case ("brokerage", let rest): self.init(brokerage: rest)
        case ("marketdata", let rest): self.init(marketData: rest)
        case ("orderexecution", let rest): self.init(orderExecution: rest)
        default: return nil
        }
    }

    init?(version2 path: [String]) {
        switch path.count {
        case 4 where path.starts(with: ["data", "symbols"]) && ["suggest", "search"].contains(path[2]):
            self = .symbols(path[3])
        case 5 where path.starts(with: ["stream", "tickbars"]): self = .stream(.tickBars(symbol: path[2]))
        default: return nil
        }
    }

    private init?(brokerage path: [String]) {
        let streams = path.first == "stream"
        let rest = Array(path.dropFirst(streams ? 1 : 0))
        guard rest.first == "accounts" else { return nil }
        let accounts = rest.count > 1 ? Self.list(rest[1]) : []
        let ids = rest.count == 4 ? Self.list(rest[3]) : nil
        switch (rest.count, rest.count > 2 ? rest[2] : "", streams) {
        case (1, _, false): self = .accounts
        case (3, "balances", false): self = .balances(accounts: accounts)
        case (3, "positions", false): self = .positions(accounts: accounts)
        case (3, "positions", true): self = .stream(.positions(accounts: accounts))
        case (3...4, "orders", false): self = .orders(accounts: accounts, ids: ids)
        case (3...4, "orders", true): self = .stream(.orders(accounts: accounts, ids: ids))
        default: return nil
        }
    }

    private init?(marketData path: [String]) {
        switch path.count {
        case 2 where path[0] == "quotes": self = .quotes(symbols: Self.list(path[1]))
        case 2 where path[0] == "barcharts": self = .bars(symbol: path[1])
        case 3 where path[0] == "stream" && path[1] == "quotes":
            self = .stream(.quotes(symbols: Self.list(path[2])))
        case 3 where path[0] == "stream" && path[1] == "barcharts": self = .stream(.bars(symbol: path[2]))
        default: return nil
        }
    }

    private init?(orderExecution path: [String]) {
        switch path {
        case ["orders"]: self = .newOrder
        case ["orderconfirm"]: self = .orderConfirmation
        case ["ordergroups"]: self = .newOrderGroup
        case ["ordergroupconfirm"]: self = .orderGroupConfirmation
        case _ where path.count == 2 && path[0] == "orders": self = .order(id: path[1])
        default: return nil
        }
    }

    /// The HTTP methods that the resource allows.
    var methods: [String] {
        switch self {
        case .newOrder, .orderConfirmation, .newOrderGroup, .orderGroupConfirmation: ["POST"]
        case .order: ["PUT", "DELETE"]
        default: ["GET"]
        }
    }

    /// The OAuth scope that requests for the resource need: an assumption, because TradeStation does not document it.
    var scope: String {
        switch self {
        case .accounts, .balances, .positions, .orders, .stream(.orders), .stream(.positions): "ReadAccount"
        case .quotes, .bars, .symbols, .stream: "MarketData"
        case .newOrder, .orderConfirmation, .newOrderGroup, .orderGroupConfirmation, .order: "Trade"
        }
    }

    /// The resource's name in TradeStation's "Rate Limiting Overview"; nil if no limit is listed there.
    var quotaName: String? {
        switch self {
        case .accounts: "accounts"
        case .balances: "balances"
        case .positions: "positions"
        case .orders: "orders"
        case .quotes: "quote-snapshot"
        case .stream(let subject): subject.quotaName
        default: nil
        }
    }

    private static func list(_ text: String) -> [String] {
        text.split(separator: ",").map { String($0).trimmed }.filter { !$0.isEmpty }
    }
}
