import Foundation
import Testing
import TradeStationEmulator

/// Quotes, bars and positions without streaming.
///
/// The tests are serialized because they share the processor and this process's descriptors, and their requests have time
/// limits in real time.
@Suite(.serialized) struct MarketDataTests {
    private func withToken(_ body: (Visitor, String) async throws -> Void) async throws {
        try await Visitor.with { _, visitor in
            let token = try #require(try await visitor.tokens().member("access_token"))
            try await body(visitor, token)
        }
    }

    @Test func `quotes can fail in part, and prices are strings`() async throws {
        try await withToken { visitor, token in
            let reply = try await visitor.sendAuthorized("GET", "/v3/marketdata/quotes/MSFT,UNKNOWN,$SPX.X", token)
            #expect(reply.status == 200)
            let quotes = try reply.objects("Quotes")
            #expect(quotes.compactMap { $0["Symbol"] as? String } == ["MSFT", "$SPX.X"])
            #expect(quotes.allSatisfy { $0["Last"] is String && $0["Volume"] is String })
            #expect(quotes.first?["Last"] as? String != quotes.last?["Last"] as? String)
            let error = try #require(try reply.objects("Errors").first)
            #expect(error["Symbol"] as? String == "UNKNOWN")
            #expect(error["Error"] as? String == "InvalidSymbol")
            let again = try await visitor.sendAuthorized("GET", "/v3/marketdata/quotes/MSFT,UNKNOWN,$SPX.X", token)
            #expect(again.body == reply.body)
            let many = Array(repeating: "A", count: 101).joined(separator: ",")
            #expect(try await visitor.sendAuthorized("GET", "/v3/marketdata/quotes/\(many)", token).status == 400)
        }
    }

    @Test func `the requested number of bars is returned, oldest first`() async throws {
        try await withToken { visitor, token in
            let path = "/v3/marketdata/barcharts/MSFT"
            let query = "?interval=5&unit=Minute&barsback=3"
            let bars = try await visitor.sendAuthorized("GET", path + query, token).objects("Bars")
            #expect(
                bars.compactMap { $0["TimeStamp"] as? String } == [
                    "2030-03-17T17:36:40.000Z", "2030-03-17T17:41:40.000Z", "2030-03-17T17:46:40.000Z",
                ]
            )
            #expect(bars.allSatisfy { $0["BarStatus"] as? String == "Closed" })
            let usual = try await visitor.sendAuthorized("GET", path, token).objects("Bars")
            #expect(usual.count == 1)
            for bad in ["?barsback=0", "?barsback=57601", "?unit=Year", "?interval=x", "?unit=%zz"] {
                let reply = try await visitor.sendAuthorized("GET", path + bad, token)
                #expect(reply.status == 400)
                #expect(try reply.member("Error") == "BadRequest")
            }
            let unknown = try await visitor.sendAuthorized("GET", "/v3/marketdata/barcharts/UNKNOWN", token)
            #expect(unknown.status == 400)
        }
    }

    @Test func `positions can fail in part`() async throws {
        try await withToken { visitor, token in
            let path = "/v3/brokerage/accounts/SIM1100001M,SIM1100001F,SIM2200001M/positions"
            let reply = try await visitor.sendAuthorized("GET", path, token)
            #expect(reply.status == 200)
            let positions = try reply.objects("Positions")
            #expect(positions.compactMap { $0["AssetType"] as? String } == ["STOCK", "FUTURE"])
            #expect(try reply.objects("Errors").compactMap { $0["AccountID"] as? String } == ["SIM2200001M"])
        }
    }

    @Test func `every path needs a valid token with its scope`() async throws {
        try await Visitor.with { emulator, visitor in
            let identity = try await visitor.tokens(as: "alice", ["scope": "openid"]).member("access_token")
            let paths = [
                "/v3/brokerage/accounts", "/v3/brokerage/accounts/SIM1100001M/balances",
                "/v3/brokerage/accounts/SIM1100001M/positions", "/v3/brokerage/accounts/SIM1100001M/orders",
                "/v3/marketdata/quotes/MSFT", "/v3/marketdata/barcharts/MSFT", Visitor.quotes, Visitor.aliceOrders,
                Visitor.alicePositions, "/v3/marketdata/stream/barcharts/MSFT",
            ]
            for path in paths {
                let refused = try await visitor.get(visitor.addresses.simURL + path)
                #expect(refused.status == 401)
                #expect(try refused.member("Error") == "Unauthorized")
                #expect(try await visitor.get(visitor.addresses.simURL + path, bearer: identity).status == 403)
            }
            #expect(emulator.counts.streamsOpened == 0)
            for path in ["/v3/brokerage/stream/accounts", "/v3/marketdata/quotes", "/v2/stream/tickbars/A/1/1"] {
                #expect(try await visitor.get(visitor.addresses.simURL + path, bearer: identity).status == 404)
            }
        }
    }

    @Test func `the log shows the user of each request's token`() async throws {
        try await Visitor.with { emulator, visitor in
            let alice = try await visitor.tokens(as: "alice")
            let bob = try await visitor.tokens(as: "bob")
            let issued = emulator.log.compactMap(\.issuedAccess)
            let url = visitor.addresses.simURL + "/v3/brokerage/accounts"
            for bearer in [try alice.member("access_token"), try bob.member("access_token"), "x", nil] {
                _ = try await visitor.get(url, bearer: bearer)
            }
            let seen = emulator.log.suffix(4)
            #expect(seen.map(\.username) == ["alice", "bob", nil, nil])
            #expect(seen.map(\.access) == [issued[0], issued[1], "2d711642b726", nil])
        }
    }
}
