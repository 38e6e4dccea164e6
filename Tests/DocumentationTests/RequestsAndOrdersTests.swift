import Testing
import TradeStationTesting

@Suite struct RequestsAndOrdersTests {
    private static let account = EmulatorUser.defaults[0].simAccounts[0]

    private static func order(_ confirmID: String) -> RequestsAndOrders.Order {
        RequestsAndOrders.Order(
            AccountID: account,
            Symbol: "MSFT",
            Quantity: "10",
            OrderType: "Market",
            TradeAction: "BUY",
            TimeInForce: .init(Duration: "DAY"),
            OrderConfirmID: confirmID
        )
    }

    @Test func `results and failures are both printed`() async throws {
        try await ArticleStage.with { stage in
            let session = try await stage.manager.session(named: "paper")
            var printed: [String] = []
            try await RequestsAndOrders.balances(session, of: Self.account + ",SIM9999999M") {
                printed.append("\($0) \($1)")
            }
            #expect(printed == ["\(Self.account) 100000.00", "SIM9999999M Invalid Account ID."])
        }
    }

    @Test func `an order is placed`() async throws {
        try await ArticleStage.with { stage in
            let session = try await stage.manager.session(named: "paper")
            let placed = try await RequestsAndOrders.place(Self.order("one"), session)
            #expect(placed == stage.emulator.orders.map(\.orderID))
            #expect(placed.count == 1)
        }
    }

    @Test func `an order whose answer is lost is searched for and not sent again`() async throws {
        try await ArticleStage.with { stage in
            let session = try await stage.manager.session(named: "paper")
            stage.emulator.script([EmulatorFault(at: .api, when: .after, .close)])
            let found = try await RequestsAndOrders.place(Self.order("one"), session)
            #expect(stage.emulator.counts.ordersAccepted == 1)
            #expect(found == stage.emulator.orders.map(\.orderID))
            // The second protection: the server accepts the same order only once.
            await #expect(throws: APIError.self) {
                _ = try await RequestsAndOrders.place(Self.order("one"), session)
            }
            #expect(stage.emulator.counts.ordersAccepted == 1)
        }
    }

    @Test func `a low quota is printed`() async throws {
        try await ArticleStage.with { stage in
            let session = try await stage.manager.session(named: "paper")
            stage.emulator.changeSettings { $0.quotaLimit = 10 }
            _ = try await session.accounts()
            var resources: [String] = []
            RequestsAndOrders.warn(session) { resource, _, _ in resources.append(resource) }
            #expect(resources.count == 1)
        }
    }
}
