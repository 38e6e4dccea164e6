import Foundation
import Testing
import TradeStationEmulator

/// The objects of streams, and how streams end.
///
/// The tests are serialized because they share the processor and this process's descriptors, and their requests have time
/// limits in real time.
@Suite(.serialized) struct StreamTests {
    /// Runs `body` with a token of alice and a clock that does not move.
    private func withToken(_ body: (Emulator, Visitor, String) async throws -> Void) async throws {
        try await Visitor.with { emulator, visitor in
            let token = try #require(try await visitor.tokens().member("access_token"))
            try await body(emulator, visitor, token)
        }
    }

    @Test func `a quote stream starts with complete quotes and continues with changes`() async throws {
        try await withToken { emulator, visitor, token in
            var stream = try await visitor.stream(Visitor.quotes, bearer: token)
            #expect(stream.status == 200)
            #expect(stream.headers["content-type"] == "application/vnd.tradestation.streams.v2+json")
            #expect(stream.headers["transfer-encoding"] == "chunked")
            #expect(stream.headers["content-length"] == nil)
            let first = try await stream.nextObject()
            #expect(first["Symbol"] as? String == "MSFT")
            #expect((first["Last"] as? String)?.wholeMatch(of: /\d+\.\d\d/) != nil)
            #expect(first["High"] != nil)
            #expect(try await stream.nextObject()["Symbol"] as? String == "AAPL")
            #expect(emulator.streams.sendNext() == 1)
            let change = try await stream.nextObject()
            #expect(change["Symbol"] as? String == "AAPL")
            #expect(change["High"] == nil)
            #expect(emulator.streams.open.map(\.kind) == [.quotes])
            #expect(emulator.streams.open.first?.username == "alice")
            #expect(emulator.streams.open.first?.access == emulator.log.last?.access)
        }
    }

    @Test func `a bar stream starts with history and marks its end`() async throws {
        try await withToken { emulator, visitor, token in
            let path = "/v3/marketdata/stream/barcharts/MSFT?unit=Minute&interval=5&barsback=3"
            var stream = try await visitor.stream(path, bearer: token)
            var ends: [Bool?] = []
            for _ in 1...3 { ends.append(try await stream.nextObject()["IsEndOfHistory"] as? Bool) }
            #expect(ends == [false, false, true])
            #expect(emulator.streams.sendNext() == 1)
            #expect(try await stream.nextObject()["BarStatus"] as? String == "Open")
            let refused = try await visitor.stream(path + "0000000", bearer: token)
            #expect(refused.status == 400)
        }
    }

    @Test func `order and position streams send a snapshot, its end and later changes`() async throws {
        try await withToken { emulator, visitor, token in
            _ = try await visitor.order(token)
            var orders = try await visitor.stream(Visitor.aliceOrders, bearer: token)
            #expect(orders.headers["content-type"] == "application/vnd.tradestation.streams.v3+json")
            #expect(try await orders.nextObject()["OrderID"] as? String == "286234131")
            #expect(try await orders.next() == #"{"StreamStatus":"EndSnapshot"}"#)
            _ = try await visitor.order(token, ["OrderType": "Limit", "LimitPrice": "1.00"])
            let second = try await orders.nextObject()
            #expect(second["OrderID"] as? String == "286234132")
            #expect(second["Status"] as? String == "OPN")
            var positions = try await visitor.stream(Visitor.alicePositions, bearer: token)
            let position = try await positions.nextObject()
            #expect(position["Symbol"] as? String == "MSFT")
            #expect(position["Quantity"] as? String == "10")
            #expect(try await positions.next() == #"{"StreamStatus":"EndSnapshot"}"#)
            #expect(emulator.counts.openStreams == 2)
        }
    }

    @Test func `an order stream of one id contains only that order`() async throws {
        try await withToken { emulator, visitor, token in
            let limit = ["OrderType": "Limit", "LimitPrice": "1.00"]
            _ = try await visitor.order(token, limit)
            var stream = try await visitor.stream(Visitor.aliceOrders + "/286234131", bearer: token)
            #expect(try await stream.nextObject()["OrderID"] as? String == "286234131")
            #expect(try await stream.next() == #"{"StreamStatus":"EndSnapshot"}"#)
            _ = try await visitor.order(token, limit)
            _ = try await visitor.sendAuthorized("DELETE", "/v3/orderexecution/orders/286234131", token)
            #expect(try await stream.nextObject()["Status"] as? String == "UCN")
            var missing = try await visitor.stream(Visitor.aliceOrders + "/1", bearer: token)
            #expect(try await missing.nextObject()["Error"] as? String == "NotFound")
            #expect(try await missing.next() == nil)
        }
    }

    @Test func `tick bars are a v2 stream`() async throws {
        try await withToken { emulator, visitor, token in
            let url = visitor.addresses.v2URL + "/v2/stream/tickbars/MSFT/1/5"
            let reply = Task { try await visitor.get(url, bearer: token) }
            try await emulator.wait { $0.openStreams == 1 }
            emulator.streams.sendNext()
            emulator.streams.strike(.end)
            let whole = try await reply.value
            #expect(whole.headers["content-type"] == "application/vnd.tradestation.streams+json")
            #expect(whole.body.contains(#""BarStatus":"Open""#))
        }
    }

    @Test func `an invalid stream request gets an error status or a stream with only errors`() async throws {
        try await withToken { emulator, visitor, token in
            #expect(try await visitor.stream(Visitor.quotes, bearer: nil).status == 401)
            #expect(try await visitor.stream(Visitor.aliceOrders, bearer: token + "x").status == 401)
            #expect(emulator.counts.streamsOpened == 0)
            var foreign = try await visitor.stream(
                "/v3/brokerage/stream/accounts/SIM1100001M,SIM2200001M/orders",
                bearer: token
            )
            #expect(foreign.status == 200)
            #expect(
                try await foreign.next()
                    == #"{"AccountID":"SIM2200001M","Error":"Forbidden","Message":"Invalid Account ID."}"#
            )
            #expect(try await foreign.next() == nil)
            var unknown = try await visitor.stream("/v3/marketdata/stream/quotes/UNKNOWN1", bearer: token)
            #expect(try await unknown.next() == #"{"Error":"InvalidSymbol","Symbol":"UNKNOWN1"}"#)
            #expect(try await unknown.next() == nil)
            let many = Array(repeating: "A", count: 101).joined(separator: ",")
            #expect(try await visitor.stream("/v3/marketdata/stream/quotes/\(many)", bearer: token).status == 400)
        }
    }

    @Test func `heartbeats count up and come after five quiet seconds`() async throws {
        try await withToken { emulator, visitor, token in
            var stream = try await visitor.stream(Visitor.aliceOrders, bearer: token)
            #expect(try await stream.next() == #"{"StreamStatus":"EndSnapshot"}"#)
            emulator.advance(bySeconds: 4.5)
            emulator.streams.send(#"{"x":1}"#)
            emulator.advance(bySeconds: 4.5)
            emulator.streams.send(#"{"x":2}"#)
            emulator.advance(bySeconds: 5)
            emulator.streams.sendHeartbeat()
            #expect(try await stream.next() == #"{"x":1}"#)
            #expect(try await stream.next() == #"{"x":2}"#)
            #expect(try await stream.next() == #"{"Heartbeat":1,"Timestamp":"2030-03-17T17:46:54.000Z"}"#)
            #expect(try await stream.next() == #"{"Heartbeat":2,"Timestamp":"2030-03-17T17:46:54.000Z"}"#)
        }
    }

    @Test func `a stream can be configured to send objects automatically`() async throws {
        var configuration = EmulatorConfiguration(now: Visitor.standingClock)
        configuration.settings.streamSeconds = 1
        configuration.settings.heartbeatSeconds = 0
        try await Visitor.with(configuration) { emulator, visitor in
            let token = try await visitor.tokens().member("access_token")
            var stream = try await visitor.stream("/v3/marketdata/stream/quotes/MSFT", bearer: token)
            let first = try await stream.nextObject()
            emulator.advance(bySeconds: 1)
            emulator.advance(bySeconds: 0.5)
            emulator.advance(bySeconds: 0.5)
            let second = try await stream.nextObject()
            let third = try await stream.nextObject()
            #expect(first["TradeTime"] as? String == "2030-03-17T17:46:40.000Z")
            #expect(second["TradeTime"] as? String == "2030-03-17T17:46:41.000Z")
            #expect(third["TradeTime"] as? String == "2030-03-17T17:46:42.000Z")
            #expect(second["Last"] as? String != third["Last"] as? String)
        }
    }

    @Test func `with a real clock, heartbeats are sent automatically`() async throws {
        var configuration = EmulatorConfiguration()
        configuration.settings.heartbeatSeconds = 0.05
        try await Visitor.with(configuration) { _, visitor in
            let token = try await visitor.tokens().member("access_token")
            var stream = try await visitor.stream(Visitor.aliceOrders, bearer: token)
            #expect(try await stream.next() == #"{"StreamStatus":"EndSnapshot"}"#)
            #expect(try await stream.nextObject()["Heartbeat"] as? Int == 1)
            #expect(try await stream.nextObject()["Heartbeat"] as? Int == 2)
        }
    }

    @Test(arguments: [
        (Visitor.aliceOrders, #"{"StreamStatus":"GoAway"}"#),
        (Visitor.quotes, #"{"Error":"GoAway","Message":"The server is about to shut down."}"#),
    ])
    func `GoAway has the format of the stream's kind and ends the stream`(path: String, object: String) async throws {
        try await withToken { emulator, visitor, token in
            var stream = try await visitor.stream(path, bearer: token)
            #expect(emulator.streams.strike(.goAway) == 1)
            #expect(emulator.streams.send(#"{"late":true}"#) == 1)
            var lines: [String] = []
            while let line = try await stream.next() { lines.append(line) }
            #expect(lines.last == object)
            try await emulator.wait { $0.openStreams == 0 }
            #expect(emulator.counts.streamsOpened == 1)
            #expect(emulator.streams.strike(.goAway) == 0)
        }
    }

    @Test func `each stream can be controlled separately`() async throws {
        try await withToken { emulator, visitor, alice in
            var visitor = visitor
            let bob = try await visitor.tokens(as: "bob").member("access_token")
            var one = try await visitor.stream(Visitor.aliceOrders, bearer: alice)
            var other = try await visitor.stream("/v3/brokerage/stream/accounts/SIM2200001M/positions", bearer: bob)
            #expect(try await one.next() == #"{"StreamStatus":"EndSnapshot"}"#)
            _ = try await other.next()
            #expect(try await other.next() == #"{"StreamStatus":"EndSnapshot"}"#)
            let open = emulator.streams.open
            #expect(open.map(\.username) == ["alice", "bob"])
            #expect(emulator.streams.send("1", to: StreamSelection(username: "bob")) == 1)
            #expect(emulator.streams.send("2", to: StreamSelection(kind: .orders)) == 1)
            #expect(emulator.streams.send("3", to: StreamSelection(path: "/positions")) == 1)
            #expect(emulator.streams.send("4", to: .only(open[0])) == 1)
            #expect(emulator.streams.send("5", to: StreamSelection(kind: .orders, username: "bob")) == 0)
            #expect(emulator.streams.strike(.dualLogon) == 2)
            let logon = #"{"Error":"DualLogon","Message":"Another session was started for this user."}"#
            for expected in ["2", "4", logon, nil] { #expect(try await one.next() == expected) }
            for expected in ["1", "3", logon, nil] { #expect(try await other.next() == expected) }
        }
    }

    @Test func `a silent stream sends no objects and heartbeats until the test sends something`() async throws {
        try await withToken { emulator, visitor, token in
            var stream = try await visitor.stream(Visitor.aliceOrders, bearer: token)
            #expect(try await stream.next() == #"{"StreamStatus":"EndSnapshot"}"#)
            #expect(emulator.streams.strike(.silence) == 1)
            emulator.advance(bySeconds: 3600)
            _ = try await visitor.order(try #require(try await freshToken(visitor)))
            #expect(emulator.counts.ordersAccepted == 1)
            emulator.streams.send(#"{"after":"silence"}"#)
            #expect(try await stream.next() == #"{"after":"silence"}"#)
            #expect(emulator.counts.openStreams == 1)
        }
    }

    private func freshToken(_ visitor: Visitor) async throws -> String? {
        var visitor = visitor
        return try await visitor.tokens().member("access_token")
    }

    @Test func `a cut closes the connection in the middle of an object`() async throws {
        try await withToken { emulator, visitor, token in
            let raw = Task { try await visitor.rawStream(Visitor.quotes, token) }
            try await emulator.wait { $0.openStreams == 1 }
            var stream = try await visitor.stream(Visitor.quotes, bearer: token)
            #expect(emulator.streams.strike(.cut) == 2)
            let body = try await raw.value
            #expect(!body.isComplete)
            #expect(body.lines.count == 3)
            #expect(body.unfinished.hasPrefix("{\"Ask\":"))
            #expect(!body.unfinished.hasSuffix("}"))
            await #expect(throws: (any Error).self) {
                while try await stream.next() != nil {}
            }
            try await emulator.wait { $0.openStreams == 0 }
        }
    }

    @Test func `an open stream continues after its token expires, but a new one needs a valid token`() async throws {
        try await withToken { emulator, visitor, token in
            var stream = try await visitor.stream(Visitor.aliceOrders, bearer: token)
            emulator.changeSettings { $0.heartbeatSeconds = 0 }
            emulator.advance(bySeconds: 1200)
            emulator.expireAccessTokens()
            emulator.streams.send(#"{"still":"here"}"#)
            #expect(try await stream.next() == #"{"StreamStatus":"EndSnapshot"}"#)
            #expect(try await stream.next() == #"{"still":"here"}"#)
            #expect(try await visitor.stream(Visitor.aliceOrders, bearer: token).status == 401)
        }
    }

    @Test func `a stream can be configured to end with its token`() async throws {
        try await withToken { emulator, visitor, token in
            emulator.changeSettings { $0.streamExpiry = .error }
            var told = try await visitor.stream(Visitor.aliceOrders, bearer: token)
            #expect(try await told.next() == #"{"StreamStatus":"EndSnapshot"}"#)
            emulator.advance(bySeconds: 1200)
            #expect(try await told.next() == #"{"Error":"Unauthorized","Message":"The access token is expired."}"#)
            #expect(try await told.next() == nil)
            emulator.changeSettings { $0.streamExpiry = .cut }
            let fresh = try await freshToken(visitor)
            var cut = try await visitor.stream(Visitor.aliceOrders, bearer: fresh)
            #expect(try await cut.next() == #"{"StreamStatus":"EndSnapshot"}"#)
            emulator.expireAccessTokens()
            await #expect(throws: (any Error).self) { _ = try await cut.next() }
            try await emulator.wait { $0.openStreams == 0 && $0.streamsOpened == 2 }
        }
    }
}
