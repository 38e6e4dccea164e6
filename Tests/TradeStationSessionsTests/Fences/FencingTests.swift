import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

/// Fences in front of a real server: a fenced request never arrives there, and is recorded in the audit.
@Suite(.stage()) struct FencingTests {
    private let stage = SessionStage.current
    private var manager: SessionManager { stage.manager }

    private static let orders = "/v3/orderexecution/orders"

    /// The audit's rows about fences, as `profile outcome detail`.
    private func rows(_ manager: SessionManager) async throws -> [String] {
        try await manager.registry.auditRecords(AuditQuery()).filter { $0.text("event") == "fenced" }.map {
            "\($0.text("profile_name") ?? "-") \($0.text("outcome") ?? "-") \($0.text("detail") ?? "-")"
        }
    }

    @Test func `a read-only profile sends no order, and the audit records the attempt`() async throws {
        let session = try await manager.session(named: "paper")
        // Another process puts the fence up while the session is open.
        try await stage.withManager {
            try await $0.registry.change(ProfileName("paper"), FenceChange(isReadOnly: true))
        }
        #expect(await code { _ = try await session.post(Self.orders, body: ["AccountID": "x"]) } == .fenced)
        #expect(
            await code { _ = try await session.put("\(Self.orders)/1", body: ["Quantity": "1"]) } == .fenced
        )
        #expect(await code { _ = try await session.delete("\(Self.orders)/1?a=secret") } == .fenced)
        #expect(stage.emulator.counts.apiRequests == 0)
        #expect(
            try await rows(manager) == [
                #"paper read_only {"method":"POST","path":"/v3/orderexecution/orders"}"#,
                #"paper read_only {"method":"PUT","path":"/v3/orderexecution/orders/1"}"#,
                #"paper read_only {"method":"DELETE","path":"/v3/orderexecution/orders/1"}"#,
            ]
        )
        #expect(try await session.get("/v3/brokerage/accounts").status == 200)
        try await manager.registry.change(ProfileName("paper"), FenceChange(isReadOnly: false))
        _ = try await session.post(Self.orders, body: ["AccountID": "x"])
        #expect(stage.emulator.log.last?.method == "POST")
        #expect(try await manager.registry.verifyAudit().isIntact)
    }

    @Test func `a profile sends nothing about accounts outside its fence`() async throws {
        let ids = EmulatorUser.defaults[0].simAccounts
        let session = try await manager.session(named: "paper")
        try await manager.registry.change(ProfileName("paper"), FenceChange(accounts: .only([ids[0]])))
        let path = "/v3/brokerage/accounts/\(ids[0]),\(ids[1])/balances"
        #expect(await code { _ = try await session.get(path) } == .fenced)
        #expect(await code { _ = try await session.post(Self.orders, body: ["AccountID": ids[1]]) } == .fenced)
        #expect(stage.emulator.counts.apiRequests == 0)
        #expect(
            try await rows(manager) == [
                #"paper accounts {"method":"GET","path":"\#(path)"}"#,
                #"paper accounts {"method":"POST","path":"/v3/orderexecution/orders"}"#,
            ]
        )
        #expect(try await session.get("/v3/brokerage/accounts/\(ids[0])/balances").status == 200)
        #expect(try await session.accounts().map(\.id) == [ids[0]])
        try await manager.registry.change(ProfileName("paper"), FenceChange(accounts: .any))
        #expect(try await session.accounts().map(\.id) == ids)
    }

    @Test func `an order is changed by its id only if it belongs to an account inside the fence`() async throws {
        let own = EmulatorUser.defaults[0].simAccounts[0]
        let session = try await manager.session(named: "paper")
        try await manager.registry.change(ProfileName("paper"), FenceChange(accounts: .only([own])))
        stage.respond(200, #"{"Orders":[],"Errors":[{"OrderID":"7","Error":"NotFound"}]}"#)
        #expect(await code { _ = try await session.delete("\(Self.orders)/7") } == .fenced)
        #expect(stage.emulator.log.map(\.method).last == "GET")
        #expect(stage.emulator.counts.apiRequests == 1)
        #expect(
            try await rows(manager) == [
                #"paper accounts {"method":"DELETE","path":"/v3/orderexecution/orders/7"}"#
            ]
        )
        stage.respond(200, #"{"Orders":[{"AccountID":"\#(own)","OrderID":"8"}]}"#)
        _ = try await session.delete("\(Self.orders)/8")
        #expect(
            stage.emulator.log.suffix(2).map { "\($0.method) \($0.path)" } == [
                "GET /sim/v3/brokerage/accounts/\(own)/orders/8", "DELETE /sim/v3/orderexecution/orders/8",
            ]
        )
    }

    @Test func `an order belongs to an account in any spelling of it, and is fenced after any refusal of the server`()
        async throws
    {
        let own = EmulatorUser.defaults[0].simAccounts[0]
        let session = try await manager.session(named: "paper")
        let change = FenceChange(accounts: .only([own.lowercased()]))
        try await manager.registry.change(ProfileName("paper"), change)
        let order =
            #"{"AccountID":"\#(own)","Symbol":"MSFT","Quantity":"1","OrderType":"Limit","LimitPrice":"1","TradeAction":"BUY","TimeInForce":{"Duration":"DAY"},"Route":"Intelligent"}"#
        struct Placed: Decodable {
            struct Order: Decodable { let OrderID: String }
            let Orders: [Order]
        }
        let placed = try await session.post(Self.orders, json: Array(order.utf8)).decoded(as: Placed.self)
        let id = try #require(placed.value.Orders.first?.OrderID)
        #expect(try await session.delete("\(Self.orders)/\(id)").status == 200)
        for status in [403, 404] {
            stage.respond(status, #"{"Error":"Forbidden","Message":"no"}"#)
            #expect(await code { _ = try await session.delete("\(Self.orders)/9") } == .fenced)
        }
        #expect(try await rows(manager).count == 2)
        #expect(stage.emulator.counts.apiRequests == 5)
    }

    @Test func `a refusal shows no token, not even one that is due for a refresh`() async throws {
        let session = try await manager.session(named: "paper")
        let token = try await session.accessToken().secret.exposed
        try await manager.registry.change(ProfileName("paper"), FenceChange(isReadOnly: true))
        stage.clock.advance(by: .seconds(1000))
        do {
            _ = try await session.post("/v3/x/\(token)", body: ["a": "b"])
            Issue.record("It was not fenced.")
        } catch let error as AccountsError {
            #expect(error.code == .fenced)
            #expect(!Canary.everythingShown(by: error).contains(token.prefix(40)))
        }
        let row = try #require(try await rows(manager).first)
        #expect(row.contains("<redacted>"))
        #expect(!row.contains(token.prefix(40)))
    }

    @Test func `a session can go from live to the simulator, and never from the simulator to live`() async throws {
        let down = try await manager.session(named: "real", environment: .sim)
        #expect(down.profile.profile.environment == .sim)
        #expect(try await down.accounts().map(\.id) == EmulatorUser.defaults[0].simAccounts)
        #expect(
            try await manager.session(named: "real").accounts().map(\.id)
                == EmulatorUser.defaults[0].liveAccounts
        )
        let requests = stage.emulator.counts.apiRequests
        #expect(await code { _ = try await manager.session(named: "paper", environment: .live) } == .fenced)
        #expect(stage.emulator.counts.apiRequests == requests)
        #expect(try await rows(manager) == [#"paper environment {"environment":"live"}"#])
        #expect(
            try await manager.session(named: "paper", environment: .sim).profile.name.text == "paper"
        )
    }

    @Test func `a simulator profile with a live host cannot be added`() async throws {
        let request = ProfileRequest(
            name: try ProfileName("crossed"),
            environment: .sim,
            apiURL: try EndpointURL("https://api.tradestation.com"),
            source: .sameLogin(as: try ProfileName("paper"))
        )
        #expect(await code { _ = try await manager.registry.add(request, interaction: nil) } == .usage)
        // A live profile with a host of its own, and no simulator profile on its login.
        try await manager.registry.remove(ProfileName("paper"))
        #expect(await code { _ = try await manager.session(named: "real", environment: .sim) } == .usage)
    }

    @Test func `the fences of a new profile are in its row and in the audit`() async throws {
        func add(_ accounts: [String]) async throws -> ProfileRecord {
            let request = ProfileRequest(
                name: try ProfileName("fenced"),
                environment: .sim,
                apiURL: try EndpointURL(stage.emulator.addresses.simURL),
                isReadOnly: true,
                accounts: accounts,
                source: .sameLogin(as: try ProfileName("paper"))
            )
            return try await manager.registry.add(request, interaction: nil)
        }
        for bad in [[], ["a b"], ["a,b"], [""], Array(repeating: "A", count: 26)] {
            #expect(await code { _ = try await add(bad) } == .usage)
        }
        let record = try await add(["SIM1", "sim1", "SIM2"])
        #expect(record.profile.isReadOnly)
        #expect(record.profile.accounts == ["SIM1", "SIM2"])
        let rows = try await manager.registry.auditRecords(AuditQuery()).suffix(1)
        #expect(rows.first?.text("event") == "profile_added")
        #expect(rows.first?.text("detail")?.contains(#""read_only":"on""#) == true)
        try await manager.registry.change(
            ProfileName("fenced"),
            FenceChange(isReadOnly: false, accounts: .only(["SIM3"]))
        )
        let changed = try await manager.registry.auditRecords(AuditQuery()).last
        #expect(changed?.text("event") == "profile_changed")
        #expect(
            changed?.text("detail")
                == #"{"accounts":"SIM3","api_key_version":"1","changed":"read_only accounts","profile_id":"3","#
                + #""profile_version":"2","read_only":"off","#
                + #""scopes":"openid profile offline_access MarketData ReadAccount Trade"}"#
        )
        let now = try await manager.registry.profile(named: ProfileName("fenced")).profile
        #expect(!now.isReadOnly && now.accounts == ["SIM3"])
    }

    @Test func `no error and no row of a fence shows a token that the path contains`() async throws {
        let session = try await manager.session(named: "paper")
        let token = try await session.accessToken().secret.exposed
        try await manager.registry.change(ProfileName("paper"), FenceChange(isReadOnly: true))
        do {
            _ = try await session.post("/v3/x/\(token)?a=\(token)", body: ["AccountID": token])
            Issue.record("It was sent.")
        } catch {
            #expect(!Canary.everythingShown(by: error).contains(token.suffix(40)))
            #expect(!Canary.everythingShown(by: error).contains(token.prefix(40)))
        }
        let row = try #require(try await rows(manager).first)
        #expect(row.contains("redacted"))
        #expect(!row.contains(token.suffix(40)) && !row.contains(token.prefix(40)))
    }
}
