import Testing
import TradeStationEmulator
import TradeStationModel

@testable import TradeStationSessions

/// Orders that the server accepts: its book contains each requested order once.
@Suite(.stage(rotate: true)) struct OrderBookTests {
    private let stage = SessionStage.current
    private var manager: SessionManager { stage.manager }

    private struct Order: Encodable {
        struct TimeInForce: Encodable { let Duration: String }

        let AccountID = EmulatorUser.defaults[0].simAccounts[0]
        let Symbol = "MSFT"
        let Quantity = "10"
        let OrderType = "Limit"
        let LimitPrice = "99.50"
        let TradeAction = "BUY"
        let TimeInForce = TimeInForce(Duration: "DAY")
        /// TradeStation accepts each id once. It would refuse a second order with the same id, and hide the mistake.
        let OrderConfirmID: String?
    }

    private static let path = "/v3/orderexecution/orders"

    @Test(.stage()) func `an order whose connection breaks after it was accepted is in the book once`() async throws {
        let session = try await manager.session(named: "paper")
        for number in 1...3 {
            stage.emulator.script([EmulatorFault(at: .api, when: .after, .close)])
            let failure = await code { _ = try await session.post(Self.path, body: Order(OrderConfirmID: nil)) }
            #expect(failure == .outcomeUnknown)
            #expect(stage.emulator.orders.count == number)
            #expect(stage.emulator.counts.ordersAccepted == number)
            #expect(stage.emulator.counts.apiRequests == number)
        }
        // The error advises to look at the orders, which sends none.
        #expect(
            try await session.get("/v3/brokerage/accounts/\(Order(OrderConfirmID: nil).AccountID)/orders")
                .status == 200
        )
        #expect(stage.emulator.orders.count == 3)
        #expect(stage.emulator.counts.refreshes == 0)
    }

    @Test func `fifty orders with an expired token make one exchange, and each is in the book once`()
        async throws
    {
        let session = try await manager.session(named: "paper")
        stage.emulator.expireAccessTokens()
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<50 {
                group.addTask {
                    try await session.post(Self.path, body: Order(OrderConfirmID: "order-\(number)")).status
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses == Array(repeating: 200, count: 50))
        #expect(stage.emulator.counts.refreshes == 1)
        #expect(stage.emulator.orders.count == 50)
        #expect(Set(stage.emulator.orders.map(\.confirmID)).count == 50)
        // Only these requests were sent: those that were refused, each once, and those that were accepted.
        let orders = stage.emulator.log.filter { $0.path.hasSuffix("/orders") }
        #expect(orders.filter { $0.status == 200 }.count == 50)
        #expect(orders.allSatisfy { $0.status == 200 || $0.status == 401 })
        #expect(orders.count <= 100)
    }

    @Test func `an order that a 401 refused is in the book once, sent with the newer token`() async throws {
        let session = try await manager.session(named: "paper")
        stage.emulator.expireAccessTokens()
        #expect(try await session.post(Self.path, body: Order(OrderConfirmID: nil)).status == 200)
        let sent = stage.emulator.log.filter { $0.access != nil }
        #expect(sent.map(\.status) == [401, 200])
        #expect(stage.emulator.orders.map(\.access) == [sent.last?.access])
        #expect(stage.emulator.orders.map(\.username) == [EmulatorUser.defaults[0].username])
    }
}
