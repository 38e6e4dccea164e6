import Foundation
import Testing
import TradeStationEmulator

extension Visitor {
    func sendAuthorized(_ method: String, _ path: String, _ token: String, body: String? = nil) async throws -> Reply {
        try await send(
            method,
            addresses.simURL + path,
            headers: ["authorization": "Bearer \(token)", "content-type": "application/json"],
            body: body
        )
    }

    static func orderBody(_ changes: [String: String?] = [:]) -> String {
        var members: [String: Any] = [
            "AccountID": "SIM1100001M", "Symbol": "MSFT", "Quantity": "10", "OrderType": "Market", "TradeAction": "BUY",
            "TimeInForce": ["Duration": "DAY"], "Route": "Intelligent",
        ]
        for (name, value) in changes { members[name] = value }
        let data = try? JSONSerialization.data(withJSONObject: members)
        return String(decoding: data ?? Data(), as: UTF8.self)
    }

    /// Places an order on the simulator.
    func order(_ token: String, _ changes: [String: String?] = [:]) async throws -> Reply {
        try await sendAuthorized("POST", "/v3/orderexecution/orders", token, body: Self.orderBody(changes))
    }
}

/// Placing, changing, cancelling and listing orders.
///
/// The tests are serialized because they share the processor and this process's descriptors, and their requests have time
/// limits in real time.
@Suite(.serialized) struct OrderTests {
    private func withToken(_ body: (Emulator, Visitor, String) async throws -> Void) async throws {
        try await Visitor.with { emulator, visitor in
            let token = try #require(try await visitor.tokens().member("access_token"))
            try await body(emulator, visitor, token)
        }
    }

    @Test func `an order is accepted, logged and listed`() async throws {
        try await withToken { emulator, visitor, token in
            let reply = try await visitor.order(token, ["OrderConfirmID": "mine-1"])
            #expect(reply.status == 200)
            #expect(
                reply.body
                    == #"{"Errors":[],"Orders":[{"Message":"Sent order: Buy 10 MSFT @ Market","OrderID":"286234131"}]}"#
            )
            let entry = try #require(emulator.log.last)
            #expect(entry.committed)
            #expect(entry.username == "alice")
            #expect(entry.access == emulator.log.first { $0.issuedAccess != nil }?.issuedAccess)
            let order = try #require(emulator.orders.first)
            #expect(order.seq == entry.seq)
            #expect(order.access == entry.access)
            #expect(order.username == "alice")
            #expect(order.environment == "sim")
            #expect(order.confirmID == "mine-1")
            #expect(order.status == .filled)
            let listed = try await visitor.control("orders")
            let orders = try JSONDecoder().decode([String: [EmulatedOrder]].self, from: Data(listed.body.utf8))
            #expect(orders == ["orders": [order]])
            #expect(!listed.body.contains(token))
            #expect(emulator.counts.ordersAccepted == 1)
        }
    }

    @Test(arguments: [
        EmulatorFault(at: .api, when: .after, .close),
        EmulatorFault(at: .api, when: .after, .hang(seconds: 0.05)),
        EmulatorFault(at: .api, .truncate),
        EmulatorFault(at: .api, when: .after, .respond(status: 502, headers: [:], body: "<html>")),
        EmulatorFault(at: .api, when: .after, .delay(seconds: 0.05)),
    ])
    func `an order whose answer is lost is accepted once`(fault: EmulatorFault) async throws {
        try await withToken { emulator, visitor, token in
            emulator.script([fault])
            let port = try #require(URL(string: visitor.addresses.tokenURL)?.port)
            let body = Visitor.orderBody()
            let raw = await RawConnection(port: port).exchange(
                "POST /sim/v3/orderexecution/orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n"
                    + "Connection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
            )
            let entry = try #require(emulator.log.last)
            #expect(entry.committed)
            switch fault.action {
            case .close, .hang:
                #expect(raw == "")
                #expect(entry.status == nil)
            case .truncate: #expect(raw.hasPrefix("HTTP/1.1 200 ") && !raw.hasSuffix("}"))
            case .respond: #expect(raw.hasPrefix("HTTP/1.1 502 "))
            default: #expect(raw.hasSuffix("}"))
            }
            #expect(emulator.orders.map(\.orderID) == ["286234131"])
            #expect(emulator.counts.ordersAccepted == 1)
        }
    }

    @Test func `an order that a fault stops before the server acts is not accepted`() async throws {
        try await withToken { emulator, visitor, token in
            emulator.script([
                EmulatorFault(at: .api, .close), EmulatorFault(at: .api, .respond(status: 503, headers: [:], body: "")),
            ])
            await #expect(throws: (any Error).self) { try await visitor.order(token) }
            let scripted = try await visitor.order(token)
            #expect(scripted.status == 503)
            #expect(emulator.counts.ordersAccepted == 0)
            #expect(emulator.orders == [])
            #expect(emulator.log.last?.committed == false)
        }
    }

    @Test(
        arguments: [
            (["AccountID": nil], 400, "\"AccountID\" is missing."),
            (["AccountID": "SIM2200001M"], 403, "Invalid Account ID."),
            (["AccountID": "11000001"], 403, "Invalid Account ID."),
            (["Quantity": "-1"], 400, "Quantity must be a positive number."),
            (["OrderType": "Limit"], 400, "LimitPrice is missing."),
            (["OrderType": "StopMarket"], 400, "StopPrice is missing."),
            (["TradeAction": "HOLD"], 400, "TradeAction must be one of BUY, SELL,"),
            (["Symbol": "UNKNOWN"], 400, "Invalid Symbol."),
        ] as [([String: String?], Int, String)]
    )
    func `an invalid order is refused in TradeStation's error format`(
        changes: [String: String?],
        status: Int,
        message: String
    ) async throws {
        try await withToken { emulator, visitor, token in
            let reply = try await visitor.order(token, changes)
            #expect(reply.status == status)
            #expect(try reply.object().keys.sorted() == ["Error", "Message"])
            #expect(try reply.member("Error") == (status == 400 ? "BadRequest" : "Forbidden"))
            #expect(try reply.member("Message")?.hasPrefix(message) == true)
            #expect(emulator.counts.ordersAccepted == 0)
        }
    }

    @Test func `without scope or token no order is accepted`() async throws {
        try await Visitor.with { emulator, visitor in
            let scope = "openid MarketData ReadAccount"
            let weak = try #require(try await visitor.tokens(as: "alice", ["scope": scope]).member("access_token"))
            #expect(try await visitor.order(weak).status == 403)
            #expect(try await visitor.order("unknown").status == 401)
            #expect(try await visitor.sendAuthorized("PUT", "/v3/orderexecution/orders", weak).status == 405)
            #expect(emulator.counts.ordersAccepted == 0)
            #expect(emulator.log.suffix(3).map(\.username) == ["alice", nil, "alice"])
        }
    }

    @Test func `a confirmation id is accepted once, and a confirmation accepts no order`() async throws {
        try await withToken { emulator, visitor, token in
            let body = Visitor.orderBody(["OrderConfirmID": "once"])
            let confirm = try await visitor.sendAuthorized("POST", "/v3/orderexecution/orderconfirm", token, body: body)
            #expect(confirm.status == 200)
            #expect(try confirm.objects("Confirmations").first?["OrderConfirmID"] as? String == "once")
            #expect(emulator.counts.ordersAccepted == 0)
            #expect(try await visitor.order(token, ["OrderConfirmID": "once"]).status == 200)
            let again = try await visitor.order(token, ["OrderConfirmID": "once"])
            #expect(again.status == 400)
            #expect(try again.member("Message") == "OrderConfirmID was used before.")
            #expect(emulator.counts.ordersAccepted == 1)
        }
    }

    @Test func `an order group is accepted completely or not at all`() async throws {
        try await withToken { emulator, visitor, token in
            let path = "/v3/orderexecution/ordergroups"
            let good = #"{"Type":"OCO","Orders":[\#(Visitor.orderBody()),\#(Visitor.orderBody())]}"#
            let reply = try await visitor.sendAuthorized("POST", path, token, body: good)
            #expect(try reply.objects("Orders").count == 2)
            let foreign = Visitor.orderBody(["AccountID": "SIM2200001M"])
            let bad = #"{"Type":"OCO","Orders":[\#(Visitor.orderBody()),\#(foreign)]}"#
            #expect(try await visitor.sendAuthorized("POST", path, token, body: bad).status == 403)
            #expect(emulator.counts.ordersAccepted == 2)
            let confirm = "/v3/orderexecution/ordergroupconfirm"
            #expect(try await visitor.sendAuthorized("POST", confirm, token, body: good).status == 200)
            #expect(emulator.counts.ordersAccepted == 2)
        }
    }

    @Test func `an open order can be replaced and cancelled, only by its user`() async throws {
        try await withToken { emulator, visitor, token in
            var visitor = visitor
            _ = try await visitor.order(token, ["OrderType": "Limit", "LimitPrice": "400.00"])
            let path = "/v3/orderexecution/orders/286234131"
            let bob = try #require(try await visitor.tokens(as: "bob").member("access_token"))
            #expect(try await visitor.sendAuthorized("DELETE", path, bob).status == 404)
            let change = #"{"Quantity":"5","LimitPrice":"401.00"}"#
            let replaced = try await visitor.sendAuthorized("PUT", path, token, body: change)
            #expect(replaced.body == #"{"Message":"Cancel/Replace order sent.","OrderID":"286234131"}"#)
            #expect(emulator.orders.map(\.quantity) == ["5"])
            #expect(emulator.orders.map(\.limitPrice) == ["401.00"])
            let cancelled = try await visitor.sendAuthorized("DELETE", path, token)
            #expect(cancelled.body == #"{"Message":"Cancel request sent.","OrderID":"286234131"}"#)
            let again = try await visitor.sendAuthorized("DELETE", path, token)
            #expect(again.status == 400)
            #expect(try again.member("Message") == "Not an open order.")
            #expect(emulator.orders.map(\.status) == [.cancelled])
            #expect(emulator.counts.ordersReplaced == 1)
            #expect(emulator.counts.ordersCancelled == 1)
        }
    }

    @Test func `orders are listed with errors for unknown accounts and ids`() async throws {
        try await withToken { _, visitor, token in
            _ = try await visitor.order(token)
            _ = try await visitor.order(token)
            let accounts = "/v3/brokerage/accounts/SIM1100001M,SIM2200001M/orders"
            let all = try await visitor.sendAuthorized("GET", accounts, token)
            #expect(all.status == 200)
            #expect(try all.objects("Orders").compactMap { $0["OrderID"] as? String } == ["286234131", "286234132"])
            #expect(try all.objects("Errors").first?["AccountID"] as? String == "SIM2200001M")
            let byID = "/v3/brokerage/accounts/SIM1100001M/orders/286234132,1"
            let some = try await visitor.sendAuthorized("GET", byID, token)
            #expect(try some.objects("Orders").compactMap { $0["OrderID"] as? String } == ["286234132"])
            #expect(try some.objects("Errors").first?["OrderID"] as? String == "1")
            #expect(try some.objects("Errors").first?["Error"] as? String == "NotFound")
        }
    }
}
