import Testing
import TradeStationTesting

@Suite struct TestingYourBot {
    private typealias Quote = Streaming.Quote

    private let order = RequestsAndOrders.Order(
        AccountID: EmulatorUser.defaults[0].simAccounts[0],
        Symbol: "MSFT",
        Quantity: "10",
        OrderType: "Market",
        TradeAction: "BUY",
        TimeInForce: .init(Duration: "DAY"),
        OrderConfirmID: "one"
    )

    // shown
    @Test func `the bot continues after its token has expired`() async throws {
        try await withTradeStation { tradeStation in
            let session = try await tradeStation.manager.session(named: "sim")
            tradeStation.clock.advance(by: .seconds(20 * 60))
            _ = try await session.accounts()
            #expect(tradeStation.emulator.counts.refreshes == 1)
        }
    }
    // end

    // shown
    @Test func `an order whose answer is lost is not sent twice`() async throws {
        try await withTradeStation { tradeStation in
            let session = try await tradeStation.manager.session(named: "sim")
            tradeStation.emulator.script([EmulatorFault(at: .api, when: .after, .close)])
            await #expect(throws: AccountsError.self) {
                _ = try await session.post("/v3/orderexecution/orders", body: order)
            }
            #expect(tradeStation.emulator.counts.ordersAccepted == 1)
        }
    }
    // end

    // shown
    @Test func `the bot is told that its stream was interrupted`() async throws {
        try await withTradeStation { tradeStation in
            let session = try await tradeStation.manager.session(named: "sim")
            var quotes = session.stream("/v3/marketdata/stream/quotes/MSFT", of: Quote.self).makeAsyncIterator()
            _ = try await quotes.next()
            tradeStation.emulator.streams.strike(.goAway)
            let event = try await tradeStation.clock.whileTimePasses { try await quotes.next() }
            guard case .reopened(.goAway) = event else {
                Issue.record("The stream did not report the interruption.")
                return
            }
        }
    }
    // end

    // shown
    @Test func `a read-only bot sends no order`() async throws {
        let watch = TestProfile("watch", .live, isReadOnly: true)
        try await withTradeStation(profiles: [watch], emulator: EmulatorConfiguration(rotate: true)) { tradeStation in
            let session = try await tradeStation.manager.session(named: "watch")
            await #expect(throws: AccountsError.self) {
                _ = try await session.post("/v3/orderexecution/orders", body: order)
            }
            #expect(tradeStation.emulator.counts.apiRequests == 0)
        }
    }
    // end
}
