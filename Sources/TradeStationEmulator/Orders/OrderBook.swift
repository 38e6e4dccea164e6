/// The accepted orders of all users, oldest first.
struct OrderBook: Sendable {
    enum ChangeResult: Equatable, Sendable {
        case done(EmulatedOrder)
        /// The user has no order with this id on this base URL.
        case unknown
        /// The order is already filled or cancelled.
        case notOpen
    }

    /// The maximum number of orders; older ones are removed.
    static let maximumOrders = 100_000
    private static let firstID = 286_234_131

    private(set) var orders: [EmulatedOrder] = []
    private(set) var accepted = 0
    private(set) var replaced = 0
    private(set) var cancelled = 0
    private var confirmIDs: Set<String> = []

    /// Whether the user has used this confirmation id before; TradeStation accepts each one once per user.
    func isUsed(confirmID: String?, by username: String) -> Bool {
        confirmID.map { confirmIDs.contains("\(username) \($0)") } ?? false
    }

    mutating func accept(_ request: OrderRequest, of caller: Caller, at base: APIBase, seq: Int, time: String)
        -> EmulatedOrder
    {
        let order = EmulatedOrder(
            orderID: "\(Self.firstID + accepted)",
            seq: seq,
            at: time,
            environment: base.rawValue,
            username: caller.user.username,
            access: Fingerprint.of(caller.accessToken),
            accountID: request.AccountID,
            symbol: request.Symbol,
            quantity: request.Quantity,
            orderType: request.OrderType,
            limitPrice: request.LimitPrice,
            stopPrice: request.StopPrice,
            tradeAction: request.TradeAction,
            duration: request.TimeInForce.Duration,
            confirmID: request.OrderConfirmID,
            status: base == .sim && request.OrderType == "Market" ? .filled : .open
        )
        accepted += 1
        if let id = request.OrderConfirmID { confirmIDs.insert("\(caller.user.username) \(id)") }
        orders.append(order)
        if orders.count > Self.maximumOrders { orders.removeFirst(orders.count - Self.maximumOrders) }
        return order
    }

    mutating func replace(_ id: String, with change: OrderChange, of username: String, at base: APIBase)
        -> ChangeResult
    {
        self.change(id, of: username, at: base) { order in
            order.quantity = change.Quantity ?? order.quantity
            order.limitPrice = change.LimitPrice ?? order.limitPrice
            order.stopPrice = change.StopPrice ?? order.stopPrice
            order.orderType = change.OrderType ?? order.orderType
        } counting: {
            $0.replaced += 1
        }
    }

    mutating func cancel(_ id: String, of username: String, at base: APIBase) -> ChangeResult {
        change(id, of: username, at: base) {
            $0.status = .cancelled
        } counting: {
            $0.cancelled += 1
        }
    }

    /// Returns the orders of the given accounts at a base URL.
    func orders(of accounts: [String], at base: APIBase) -> [EmulatedOrder] {
        orders.filter { $0.environment == base.rawValue && accounts.contains($0.accountID) }
    }

    private mutating func change(
        _ id: String,
        of username: String,
        at base: APIBase,
        _ change: (inout EmulatedOrder) -> Void,
        counting: (inout OrderBook) -> Void
    ) -> ChangeResult {
        guard
            let index = orders.lastIndex(where: {
                $0.orderID == id && $0.username == username && $0.environment == base.rawValue
            })
        else { return .unknown }
        guard orders[index].status == .open else { return .notOpen }
        change(&orders[index])
        counting(&self)
        return .done(orders[index])
    }
}
