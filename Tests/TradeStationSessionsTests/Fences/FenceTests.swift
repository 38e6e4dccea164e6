import Testing
import TradeStationModel

@testable import TradeStationSessions

@Suite struct FenceTests {
    private static let own = "SIM1234567M"

    private static func profile(
        _ version: APIVersion = .v3,
        readOnly: Bool = false,
        accounts: [String]? = nil,
        url: String? = nil
    ) throws -> Profile {
        var profile = try APIRequestTargetTests.profile(version == .v2 ? .live : .sim, version, url: url)
        profile.isReadOnly = readOnly
        profile.accounts = accounts
        return profile
    }

    private static func kind(
        _ profile: Profile,
        _ method: String,
        _ path: String,
        _ body: String = ""
    ) throws -> String {
        let call = APICall(method: method, path: path, body: Array(body.utf8))
        return switch Fence(profile).decision(on: call, try APIRequestTarget(path, profile: profile)) {
        case .open: "open"
        case .openToOwner(let id): "owner of \(id)"
        case .closed(let kind, _): kind.rawValue
        }
    }

    @Test(arguments: [
        "GET /v3/brokerage/accounts", "GET /v3/brokerage/accounts/SIM1/orders", "GET /v3/marketdata/quotes/MSFT",
        "GET /v3/brokerage/stream/accounts/SIM1/orders", "POST /v3/marketdata/options/riskreward",
        "GET /v3/orderexecution/routes", "GET /v3/something/new",
    ])
    func `a read-only profile may read`(_ request: String) throws {
        let parts = request.split(separator: " ").map(String.init)
        #expect(try Self.kind(Self.profile(readOnly: true), parts[0], parts[1]) == "open")
    }

    @Test(arguments: [
        "POST /v3/orderexecution/orders", "POST /orderexecution/ordergroups", "POST /v3/orderexecution/orderconfirm",
        "POST /v3/orderexecution/ordergroupconfirm", "PUT /v3/orderexecution/orders/1",
        "DELETE /v3/orderexecution/orders/1", "POST /v3/OrderExecution/ORDERS", "POST /v3/orderexecution/%6frders",
        "POST /v3/orderexecution/orders/", "POST /v3//orderexecution//orders", "POST /v3/orderexecution/orders;a=b",
        "GET /v3/orderexecution/orders;a=b", "POST /V3/orderexecution/orders", "POST /v3/marketdata/quotes/MSFT",
        "DELETE /v3/brokerage/accounts/SIM1/orders/1", "POST /v3/something/new", "GET /v3/orderexecution/%256frders",
        "get /v3/orderexecution/orders", "PATCH /v3/brokerage/accounts",
    ])
    func `a read-only profile may not change anything`(_ request: String) throws {
        let parts = request.split(separator: " ").map(String.init)
        #expect(try Self.kind(Self.profile(readOnly: true), parts[0], parts[1]) == "read_only")
    }

    @Test(arguments: [
        "GET /v2/jsonp/orders?data=x", "POST /v2/orders", "POST /v2/orders/groups/confirm", "DELETE /v2/orders/1",
    ])
    func `the other ways in which v2 accepts orders are refused too`(_ request: String) throws {
        let parts = request.split(separator: " ").map(String.init)
        #expect(try Self.kind(Self.profile(.v2, readOnly: true), parts[0], parts[1]) == "read_only")
        #expect(try Self.kind(Self.profile(.v2, readOnly: true), "GET", "/v2/orders/1") == "open")
    }

    @Test(arguments: [
        "/v3/brokerage/accounts", "/v3/brokerage/accounts/SIM1234567M/balances",
        "/brokerage/accounts/sim1234567m/positions", "/v3/brokerage/accounts/SIM1234567M,SIM1234567F/orders",
        "/v3/brokerage/accounts/SIM1234567M%2C%20SIM1234567F/orders/1", "/v3/orderexecution/activationtriggers",
        "/v3/brokerage/stream/accounts/SIM1234567M/positions?changes=true",
        "/v3/marketdata/stream/quotes/SIM7654321M", "/v3/marketdata/quotes/%24SPX.X,MSFT%20230519C300",
        "/v3/brokerage/accounts/SIM1234567M/historicalorders?since=2026-01-01",
    ])
    func `an account fence lets requests for its accounts pass`(_ path: String) throws {
        let profile = try Self.profile(accounts: [Self.own, "SIM1234567F"])
        #expect(try Self.kind(profile, "GET", path) == "open")
    }

    @Test(arguments: [
        "/v3/brokerage/accounts/SIM7654321M/balances", "/v3/brokerage/accounts/sim7654321m/orders",
        "/v3/brokerage/accounts/SIM1234567M,SIM7654321M/positions", "/V3/brokerage/accounts/SIM7654321M/balances",
        "/v3/brokerage/accounts/SIM1234567M%2cSIM7654321M/positions", "/v3/brokerage/accounts/,/balances",
        "/v3/brokerage/accounts/%53IM7654321M/balances", "/v3/Brokerage/Accounts/SIM7654321M/Balances",
        "/v3//brokerage//accounts//SIM7654321M//balances", "/v3/brokerage/stream/accounts/SIM7654321M/orders",
        "/v3/brokerage/accounts;x/SIM7654321M/balances", "/v3/brokerage/accounts/SIM1234567M/SIM7654321M/balances",
        "/v3/brokerage/accounts/SIM1234567M/secrets", "/v3/somewhere/SIM1234567M", "/v3/brokerage/stream/accounts",
        "/v3/brokerage/accounts/%2553IM1234567M/orders", "/v3/brokerage/accounts?account=SIM7654321M",
        "/v3/brokerage/accounts/SIM1234567M/orders?AccountID=SIM7654321M", "/v3/brokerage/accounts?accounts=%ff",
        "/v3/brokerage/accounts/SIM1234567%ef%bc%ad/orders", "/v3/brokerage/accounts/SIM1234567M%00/orders",
        "/v3/brokerage/accounts?%61ccounts=SIM1234567M,SIM7654321M", "/v3/brokerage/accounts?x=1&account=SIM7654321M",
    ])
    func `an account fence refuses other accounts and paths that it does not understand`(
        _ path: String
    ) throws {
        #expect(try Self.kind(Self.profile(accounts: [Self.own]), "GET", path) == "accounts")
    }

    @Test(arguments: [
        "/v2/accounts/7654321/balances", "/v2/accounts/1234567,7654321/positions", "/v2/jsonp/orders?data=1",
        "/v2/stream/accounts/1234567/orders",
    ])
    func `an account fence understands the account names of v2`(_ path: String) throws {
        let profile = try Self.profile(.v2, accounts: ["1234567"])
        #expect(try Self.kind(profile, "GET", path) == "accounts")
        #expect(try Self.kind(profile, "GET", "/v2/accounts/1234567/balances") == "open")
        #expect(try Self.kind(profile, "GET", "/v2/data/quote/MSFT") == "open")
        #expect(try Self.kind(profile, "POST", "/v2/orders", #"{"AccountKey":"1234567"}"#) == "open")
        #expect(try Self.kind(profile, "POST", "/v2/orders", #"{"AccountKey":"7654321"}"#) == "accounts")
        #expect(try Self.kind(profile, "POST", "/v2/orders", #"{"AccountKey":1234567}"#) == "accounts")
    }

    @Test(arguments: [
        #"{"AccountID":"SIM1234567M","Symbol":"MSFT","Quantity":"1","TimeInForce":{"Duration":"DAY"},"x":[1,true,null]}"#,
        #"{"Type":"OCO","Orders":[{"AccountID":"SIM1234567M","OSOs":[{"Orders":[{"AccountID":"sim1234567m"}]}]}]}"#,
    ])
    func `an account fence lets an order for its accounts pass`(_ body: String) throws {
        let profile = try Self.profile(accounts: [Self.own])
        for path in ["orders", "ordergroups", "orderconfirm", "ordergroupconfirm"] {
            #expect(try Self.kind(profile, "POST", "/v3/orderexecution/\(path)", body) == "open")
        }
    }

    @Test(arguments: [
        #"{"AccountID":"SIM7654321M","Symbol":"MSFT"}"#, #"{"AccountID":"SIM1234567M","AccountID":"SIM7654321M"}"#,
        #"{"AccountID":"SIM1234567M","accountid":"SIM7654321M"}"#,
        #"{"AccountID":"SIM1234567M","x":[{"\u0041ccountID":"SIM7654321M"}]}"#, #"{"Symbol":"MSFT"}"#, "", "[]",
        #"{"Orders":[{"AccountID":"SIM1234567M","OSOs":[{"Orders":[{"AccountID":"SIM7654321M"}]}]}]}"#, "not JSON",
        #"{"AccountID":["SIM1234567M"]}"#, #"{"AccountID":null}"#, #"{"AccountID":"SIM1234567M""#,
        #"{"AccountID":"SIM1234567M"} {"AccountID":"SIM7654321M"}"#, #"{/**/"AccountID":"SIM1234567M"}"#,
        #"{'AccountID':'SIM7654321M',"AccountID":"SIM1234567M"}"#, #"{AccountID:"SIM7654321M","a":1}"#,
    ])
    func `an account fence refuses an order for another or an unknown account`(_ body: String) throws {
        let profile = try Self.profile(accounts: [Self.own])
        for path in ["orders", "ordergroups", "orderconfirm", "ordergroupconfirm"] {
            #expect(try Self.kind(profile, "POST", "/v3/orderexecution/\(path)", body) == "accounts")
        }
    }

    @Test func `an account fence refuses a body that is nested too deeply`() throws {
        let profile = try Self.profile(accounts: [Self.own])
        let body = String(repeating: "[", count: 500_000)
        #expect(try Self.kind(profile, "POST", "/v3/orderexecution/orders", body) == "accounts")
    }

    @Test func `an order by its id is open to the account that owns it`() throws {
        let profile = try Self.profile(accounts: [Self.own])
        #expect(try Self.kind(profile, "DELETE", "/v3/orderexecution/orders/12") == "owner of 12")
        #expect(try Self.kind(profile, "PUT", "/v3/orderexecution/orders/12", #"{"Quantity":"1"}"#) == "owner of 12")
        let otherAccount = #"{"AccountID":"SIM7654321M"}"#
        #expect(try Self.kind(profile, "PUT", "/v3/orderexecution/orders/12", otherAccount) == "accounts")
    }

    @Test(arguments: [
        "https://api.tradestation.com", "https://API.TradeStation.com:443", "https://api.tradestation.com./",
        "https://tradestation.com", "https://api%2Etradestation.com",
    ])
    func `a simulator profile never reaches a live host`(_ url: String) throws {
        #expect(try Self.kind(Self.profile(url: url), "GET", "/v3/brokerage/accounts") == "environment")
    }

    @Test(arguments: ["https://sim-api.tradestation.com", "http://127.0.0.1:8080/sim", nil])
    func `a simulator profile reaches its own host`(_ url: String?) throws {
        #expect(try Self.kind(Self.profile(url: url), "GET", "/v3/brokerage/accounts") == "open")
    }

    @Test func `without a fence every request is open`() throws {
        for path in ["/v3/orderexecution/orders", "/v3/brokerage/accounts/SIM7654321M/x", "/v3/a;b"] {
            #expect(try Self.kind(Self.profile(), "POST", path, "not JSON") == "open")
        }
    }
}
