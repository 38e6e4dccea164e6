import Foundation
import Testing
import TradeStationEmulator

/// Accounts, balances and errors of the API.
///
/// The tests are serialized because they share the processor and this process's descriptors, and their requests have time
/// limits in real time.
@Suite(.serialized) struct AccountsAPITests {
    private func ids(_ reply: Reply, _ list: String) throws -> [String] {
        try reply.objects(list).compactMap { $0["AccountID"] as? String }
    }

    @Test func `one token is valid for live and simulator, each with its own accounts`() async throws {
        try await Visitor.with { emulator, visitor in
            let token = try await visitor.tokens(as: "alice").member("access_token")
            let live = try await visitor.get(visitor.addresses.liveURL + "/v3/brokerage/accounts", bearer: token)
            let sim = try await visitor.get(visitor.addresses.simURL + "/v3/brokerage/accounts", bearer: token)
            #expect(live.status == 200)
            #expect(try ids(live, "Accounts") == ["11000001", "11000002"])
            #expect(try ids(sim, "Accounts") == ["SIM1100001M", "SIM1100001F"])
            let futures = try #require(try sim.objects("Accounts").last)
            #expect(futures["AccountType"] as? String == "Futures")
            #expect(futures["AccountDetail"] == nil)
            #expect(emulator.counts.apiRequests == 2)
        }
    }

    @Test func `balances can fail in part`() async throws {
        try await Visitor.with { _, visitor in
            let token = try await visitor.tokens(as: "alice").member("access_token")
            let url = visitor.addresses.liveURL + "/v3/brokerage/accounts/11000001,22000001/balances"
            let reply = try await visitor.get(url, bearer: token)
            #expect(reply.status == 200)
            #expect(try ids(reply, "Balances") == ["11000001"])
            #expect(try reply.objects("Balances").first?["CashBalance"] as? String == "100000.00")
            let error = try #require(try reply.objects("Errors").first)
            #expect(error["AccountID"] as? String == "22000001")
            #expect(error["Error"] as? String == "Forbidden")
            #expect(error["Message"] as? String == "Invalid Account ID.")
            let many = Array(repeating: "1", count: 26).joined(separator: ",")
            let tooMany = try await visitor.get(
                visitor.addresses.liveURL + "/v3/brokerage/accounts/\(many)/balances",
                bearer: token
            )
            #expect(tooMany.status == 400)
            #expect(try tooMany.member("Error") == "BadRequest")
        }
    }

    @Test func `missing, unknown, altered and expired tokens get 401 in TradeStation's error format`() async throws {
        try await Visitor.with { emulator, visitor in
            let url = visitor.addresses.liveURL + "/v3/brokerage/accounts"
            let token = try await visitor.tokens().member("access_token") ?? ""
            for bearer in [nil, "x", token + "A", String(token.dropLast(4)) + "AAAA"] {
                let reply = try await visitor.get(url, bearer: bearer)
                #expect(reply.status == 401)
                #expect(try reply.object().keys.sorted() == ["Error", "Message"])
                #expect(try reply.member("Error") == "Unauthorized")
            }
            emulator.advance(bySeconds: 1199)
            #expect(try await visitor.get(url, bearer: token).status == 200)
            emulator.advance(bySeconds: 1)
            #expect(try await visitor.get(url, bearer: token).status == 401)
            let other = try await visitor.tokens().member("access_token")
            #expect(try await visitor.control("expire_access", "").status == 200)
            #expect(try await visitor.get(url, bearer: other).status == 401)
        }
    }

    @Test func `a missing scope is 403, an unknown path 404, a wrong method 405`() async throws {
        try await Visitor.with { _, visitor in
            let live = visitor.addresses.liveURL
            let weak = try await visitor.tokens(as: "alice", ["scope": "openid"]).member("access_token")
            let forbidden = try await visitor.get(live + "/v3/brokerage/accounts", bearer: weak)
            #expect(forbidden.status == 403)
            #expect(try forbidden.member("Error") == "Forbidden")
            let missing = try await visitor.get(live + "/v3/nothing", bearer: weak)
            #expect(missing.status == 404)
            #expect(try missing.member("Error") == "NotFound")
            let posted = try await visitor.send(
                "POST",
                live + "/v3/brokerage/accounts",
                headers: ["authorization": "Bearer \(weak ?? "")"]
            )
            #expect(posted.status == 405)
        }
    }

    @Test func `v2 exists only on the live base URL and has its own error format`() async throws {
        try await Visitor.with { _, visitor in
            let token = try await visitor.tokens().member("access_token")
            let path = "/v2/data/symbols/suggest/MS%20FT"
            let reply = try await visitor.get(visitor.addresses.v2URL + path, bearer: token)
            #expect(reply.status == 200)
            #expect(reply.body == #"[{"Description":"OK","Name":"MS FT"}]"#)
            let refused = try await visitor.get(visitor.addresses.v2URL + path)
            #expect(refused.status == 401)
            #expect(try refused.object().keys.sorted() == ["Message", "StatusCode", "TraceId"])
            #expect(try refused.object()["StatusCode"] as? Int == 401)
            #expect(try await visitor.get(visitor.addresses.simURL + path, bearer: token).status == 404)
        }
    }

    @Test func `a scripted 429 has TradeStation's body and the scripted headers`() async throws {
        try await Visitor.with { emulator, visitor in
            emulator.script([
                EmulatorFault(at: .api, .respond(status: 429, headers: ["X-RateLimit-Reset": "3"], body: ""), times: 2)
            ])
            let v3 = try await visitor.get(visitor.addresses.liveURL + "/v3/brokerage/accounts")
            #expect(v3.status == 429)
            #expect(v3.headers["x-ratelimit-reset"] == "3")
            #expect(try v3.member("Error") == "TooManyRequests")
            let v2 = try await visitor.get(visitor.addresses.v2URL + "/v2/data/symbols/suggest/A")
            #expect(try v2.object()["StatusCode"] as? Int == 429)
            #expect(emulator.faults == [])
        }
    }
}
