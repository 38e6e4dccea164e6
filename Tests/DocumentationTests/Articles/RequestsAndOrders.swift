import TradeStationSessions

enum RequestsAndOrders {
    // shown
    struct Balances: Decodable {
        struct Balance: Decodable {
            let AccountID: String
            let CashBalance: String
        }
        let Balances: [Balance]
    }
    // end

    static func balances(_ session: Session, of accounts: String, _ print: (String, String) -> Void) async throws {
        // shown
        let answer = try await session.get("/v3/brokerage/accounts/\(accounts)/balances", as: Balances.self)
        for balance in answer.value.Balances { print(balance.AccountID, balance.CashBalance) }
        for part in answer.errors { print(part.accountID ?? "-", part.message ?? "-") }
        // end
    }

    // shown
    struct Order: Encodable {
        struct TimeInForce: Encodable {
            let Duration: String
        }
        let AccountID: String
        let Symbol: String
        let Quantity: String
        let OrderType: String
        let TradeAction: String
        let TimeInForce: TimeInForce
        let OrderConfirmID: String
    }
    // end

    // shown
    struct Orders: Decodable {
        struct Order: Decodable {
            let OrderID: String
        }
        let Orders: [Order]
    }
    // end

    static func place(_ order: Order, _ session: Session) async throws -> [String] {
        // shown
        do {
            let placed = try await session.post("/v3/orderexecution/orders", body: order, as: Orders.self)
            for part in placed.errors { print("refused:", part.message ?? "-") }
            return placed.value.Orders.map(\.OrderID)
        } catch let error as AccountsError where error.code == .outcomeUnknown {
            return try await lookFor(order, in: session)
        }
        // end
    }

    private static func lookFor(_ order: Order, in session: Session) async throws -> [String] {
        // shown
        let orders = try await session.get("/v3/brokerage/accounts/\(order.AccountID)/orders", as: Orders.self)
        // end
        return orders.value.Orders.map(\.OrderID)
    }

    static func warn(_ session: Session, _ print: (String, String, String) -> Void) {
        // shown
        if let quota = session.quota, let remaining = quota.remaining, remaining < 20 {
            print(quota.resource ?? "-", "is low until", quota.resetsAt?.description ?? "-")
        }
        // end
    }
}
