import AsyncHTTPClient
import NIOCore
import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationSessions
import TradeStationTesting

@testable import TradeStationBroker

/// Requests of programs through a listener of the proxy.
@Suite struct ProxyTests {
    private static let accounts = "v3/brokerage/accounts"
    private static let orders = "v3/orderexecution/orders"

    @Test func `a profile is selected by its key, in the path or in a field`() async throws {
        try await ProxyStage.with { (stage) async throws -> Void in
            for (profile, isSim) in [("sim", true), ("live", false)] {
                let (key, field) = (stage.key(of: profile), "X-TSAccounts-Key: \(stage.key(of: profile))")
                for (target, fields) in [
                    ("/\(key)/\(Self.accounts)", []), ("/\(key)/\(Self.accounts)", [field]),
                    ("/\(profile)/\(Self.accounts)", [field]), ("/\(profile.uppercased())/\(Self.accounts)", [field]),
                    ("/\(Self.accounts)", [field]),
                ] {
                    let answer = try await stage.ask("GET \(target)", fields)
                    #expect(answer.status == 200)
                    #expect(answer.body.contains("SIM1100001M") == isSim)
                    #expect(answer.fields["x-tsaccounts"] == nil)
                }
            }
        }
    }

    @Test(arguments: ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
    func `the listener's own names are accepted`(_ name: String) async throws {
        try await ProxyStage.with(profiles: [.sim]) { (stage) async throws -> Void in
            let answer = try ProxyAnswer(
                await stage.client.ask(
                    "GET /\(stage.key)/\(Self.accounts) HTTP/1.1\r\nHost: \(name):\(stage.port)\r\n"
                        + "Connection: close\r\nSec-Fetch-Mode: cors\r\n\r\n"
                )
            )
            #expect(answer.status == 200)
        }
    }

    @Test func `the program's Authorization is not used`() async throws {
        try await ProxyStage.with(profiles: [.sim]) { (stage) async throws -> Void in
            let fields = ["Authorization: Bearer wrong", "Connection: Authorization"]
            #expect(try await stage.ask("GET /\(stage.key)/\(Self.accounts)", fields).status == 200)
        }
    }

    @Test func `a use of a profile is in the audit once for each connection`() async throws {
        try await ProxyStage.with { (stage) async throws -> Void in
            for _ in 0..<2 {
                try await stage.client.connected { connection in
                    for profile in ["sim", "live", "sim"] {
                        try await connection.send(
                            "GET /\(stage.key(of: profile))/\(Self.accounts) HTTP/1.1\r\nHost: 127.0.0.1:\(stage.port)\r\n\r\n"
                        )
                        _ = try await connection.read(through: "]}")
                    }
                }
            }
            try await ProxyStage.eventually { try await stage.rows("profile_used").count == 4 }
            let rows = try await stage.rows("profile_used")
            #expect(rows.count { $0.hasPrefix("sim ") } == 2)
            #expect(rows.allSatisfy { $0.contains(#""door":"proxy""#) })
        }
    }

    @Test func `an order's body reaches the API, in one piece or in chunks, after 100 Continue`() async throws {
        try await ProxyStage.with(profiles: [.sim]) { (stage) async throws -> Void in
            let order =
                #"{"AccountID":"SIM1100001M","Symbol":"MSFT","Quantity":"1","OrderType":"Market","#
                + #""TradeAction":"BUY","TimeInForce":{"Duration":"DAY"},"Route":"Intelligent"}"#
            let json = "Content-Type: application/json"
            #expect(try await stage.ask("POST /\(stage.key)/\(Self.orders)", [json], body: order).status == 200)
            let text = try await stage.client.connected { connection in
                try await connection.send(
                    "POST /\(stage.key)/\(Self.orders) HTTP/1.1\r\nHost: 127.0.0.1:\(stage.port)\r\nConnection: close\r\n"
                        + "\(json)\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n"
                )
                #expect(try await connection.read(through: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
                for character in order { try await connection.send("1\r\n\(character)\r\n") }
                try await connection.send("0\r\nX-Trailer: a\r\n\r\n")
                return try await connection.readToEnd()
            }
            #expect(try ProxyAnswer(text).status == 200)
            #expect(stage.emulator.counts.ordersAccepted == 2)
        }
    }

    @Test func `an order whose connection dies is one order in the book, and its outcome is unknown`() async throws {
        try await ProxyStage.with(profiles: [.sim]) { (stage) async throws -> Void in
            stage.emulator.script([EmulatorFault(at: .api, when: .after, .close, times: 3)])
            let order =
                #"{"AccountID":"SIM1100001M","Symbol":"MSFT","Quantity":"1","OrderType":"Market","#
                + #""TradeAction":"BUY","TimeInForce":{"Duration":"DAY"},"Route":"Intelligent"}"#
            let answer = try await stage.ask("POST /\(stage.key)/\(Self.orders)", body: order)
            #expect(answer.status == 502)
            #expect(answer.fields["x-tsaccounts"] == "outcome_unknown")
            #expect(answer.member("Error") == "BadGateway")
            #expect(answer.member("Message")?.contains("check the account's orders") == true)
            #expect(stage.emulator.orders.count == 1)
            #expect(stage.emulator.counts.apiRequests == 1)
        }
    }

    @Test func `a GET whose connection dies is sent once more`() async throws {
        try await ProxyStage.with(profiles: [.sim]) { (stage) async throws -> Void in
            stage.emulator.script([EmulatorFault(at: .api, when: .after, .close)])
            #expect(try await stage.ask("GET /\(stage.key)/\(Self.accounts)").status == 200)
            stage.emulator.script([EmulatorFault(at: .api, when: .after, .close, times: 2)])
            let answer = try await stage.ask("GET /\(stage.key)/\(Self.accounts)")
            #expect(answer.status == 502)
            #expect(answer.fields["x-tsaccounts"] == "server_unreachable")
            #expect(answer.fields["retry-after"] == nil)
        }
    }

    @Test func `after a 401 the request is sent once more with a newer token`() async throws {
        try await ProxyStage.with(profiles: [.sim], emulator: EmulatorConfiguration(rotate: true)) {
            (stage) async throws -> Void in
            stage.emulator.expireAccessTokens()
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 { group.addTask { try await stage.ask("GET /\(stage.key)/\(Self.accounts)").status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses == Array(repeating: 200, count: 8))
            #expect(stage.emulator.counts.refreshes == 1)
        }
    }

    @Test func `a second 401 is the API's own, and a 429 to an order, too`() async throws {
        try await ProxyStage.with(profiles: [.sim]) { (stage) async throws -> Void in
            stage.respond(401, #"{"Error":"Unauthorized","Message":"no"}"#, times: 2)
            let refused = try await stage.ask("GET /\(stage.key)/\(Self.accounts)")
            #expect(refused.status == 401)
            #expect(refused.member("Message") == "no")
            #expect(refused.fields["x-tsaccounts"] == nil)
            stage.respond(429, headers: ["Retry-After": "7", "X-RateLimit-Limit": "3"])
            let limited = try await stage.ask("POST /\(stage.key)/\(Self.orders)", body: "{}")
            #expect(limited.status == 429)
            #expect(limited.fields["retry-after"] == "7")
            #expect(limited.fields["x-ratelimit-limit"] == "3")
            #expect(stage.emulator.counts.apiRequests == 3)
        }
    }

    @Test func `a fenced request is 403 with a row in the audit, and is not sent`() async throws {
        let profile = TestProfile("sim", .sim, isReadOnly: true)
        try await ProxyStage.with(profiles: [profile]) { (stage) async throws -> Void in
            let answer = try await stage.ask("POST /\(stage.key)/\(Self.orders)?a=secret", body: "{}")
            #expect(answer.status == 403)
            #expect(answer.fields["x-tsaccounts"] == "fenced")
            #expect(answer.member("Error") == "Forbidden")
            #expect(answer.member("Message")?.contains("Try: tsaccounts set sim --read-only off") == true)
            #expect(
                try await stage.rows("fenced") == [
                    #"sim read_only {"method":"POST","path":"/v3/orderexecution/orders"}"#
                ]
            )
            // No field can turn a request that only reads into another one.
            let fields = ["X-HTTP-Method-Override: POST", "X-Original-URL: /v3/orderexecution/orders"]
            #expect(try await stage.ask("GET /\(stage.key)/\(Self.accounts)", fields).status == 200)
            #expect(stage.emulator.counts.apiRequests == 1)
        }
    }

    @Test func `without a sign-in, the program gets 401 with the command`() async throws {
        try await ProxyStage.with(profiles: [.sim]) { (stage) async throws -> Void in
            stage.emulator.revokeAll()
            stage.tradeStation.clock.advance(by: .seconds(1200))
            let answer = try await stage.ask("GET /\(stage.key)/\(Self.accounts)")
            #expect(answer.status == 401)
            #expect(answer.fields["x-tsaccounts"] == "login_required")
            #expect(answer.fields["www-authenticate"] == "Bearer")
            #expect(answer.member("Message")?.contains("tsaccounts login sim") == true)
            #expect(stage.emulator.counts.apiRequests == 0)
        }
    }

    @Test func `while the sign-in server is away, the program gets 503 and a time to wait`() async throws {
        try await ProxyStage.with(profiles: [.sim]) { (stage) async throws -> Void in
            stage.tradeStation.clock.advance(by: .seconds(1200))
            stage.emulator.script([EmulatorFault(at: .token, .respond(status: 500, headers: [:], body: ""), times: 9)])
            let answer = try await stage.ask("GET /\(stage.key)/\(Self.accounts)")
            #expect(answer.status == 503)
            #expect(answer.fields["x-tsaccounts"] == "server_error")
            #expect(answer.fields["retry-after"] == "5")
            #expect(stage.emulator.counts.apiRequests == 0)
        }
    }

    @Test func `an API that is away is 502, and one that is late is 504`() async throws {
        try await ProxyStage.with(profiles: [.sim]) { (stage) async throws -> Void in
            stage.emulator.script([EmulatorFault(at: .api, .hang(seconds: 60))])
            async let late = stage.ask("GET /\(stage.key)/\(Self.accounts)")
            try await stage.emulator.wait { $0.apiRequests == 1 }
            stage.tradeStation.clock.advance(by: .seconds(30))
            #expect(try await late.status == 504)
            #expect(try await late.fields["x-tsaccounts"] == "server_unreachable")
            await stage.emulator.stop()
            #expect(try await stage.ask("GET /\(stage.key)/\(Self.accounts)").status == 502)
        }
    }

    @Test func `fields of the connection do not pass, and the API's other fields do`() async throws {
        try await ProxyStage.with(profiles: [.sim]) { (stage) async throws -> Void in
            let headers = [
                "Connection": "x-private", "X-Private": "1", "Keep-Alive": "timeout=5", "Set-Cookie": "a=b",
                "Access-Control-Allow-Origin": "*", "X-TSAccounts": "fenced", "X-Request-Id": "42",
                "Content-Type": "application/json", "Alt-Svc": "h3",
            ]
            stage.respond(200, headers: headers, "{}")
            let answer = try await stage.ask("GET /\(stage.key)/\(Self.accounts)")
            #expect(answer.status == 200 && answer.body == "{}")
            #expect(answer.fields["x-request-id"] == "42")
            #expect(answer.fields["content-type"] == "application/json")
            let absent = [
                "x-private", "keep-alive", "set-cookie", "access-control-allow-origin", "x-tsaccounts", "alt-svc",
            ]
            #expect(absent.allSatisfy { answer.fields[$0] == nil })
        }
    }

    @Test func `an answer that breaks off is cut off for the program, too`() async throws {
        try await ProxyStage.with(profiles: [.sim]) { (stage) async throws -> Void in
            stage.emulator.script([EmulatorFault(at: .api, .truncate)])
            let answer = try await stage.ask("GET /\(stage.key)/\(Self.accounts)")
            #expect(answer.status == 200)
            #expect(!answer.isComplete)
        }
    }

    @Test func `a HEAD has the fields of the answer and no body`() async throws {
        try await ProxyStage.with(profiles: [.sim]) { (stage) async throws -> Void in
            let answer = try await stage.ask("HEAD /\(stage.key)/\(Self.accounts)")
            #expect(answer.status == 405 || answer.status == 200)
            #expect(answer.body.isEmpty)
        }
    }

    @Test func `a stream passes object by object, and ends at the API when the program leaves`() async throws {
        try await ProxyStage.with(profiles: [.sim]) { (stage) async throws -> Void in
            stage.emulator.changeSettings { $0.heartbeatSeconds = 0 }
            let target = "/\(stage.key)/v3/marketdata/stream/quotes/MSFT"
            try await stage.client.connected { connection in
                try await connection.send("GET \(target) HTTP/1.1\r\nHost: 127.0.0.1:\(stage.port)\r\n\r\n")
                #expect(try await connection.read(through: "\r\n\r\n").hasPrefix("HTTP/1.1 200"))
                for number in 1...3 {
                    stage.emulator.streams.send(#"{"Number":"\#(number)"}"#)
                    #expect(try await connection.read(through: #""\#(number)"}"#).contains("Number"))
                }
                #expect(stage.emulator.counts.openStreams == 1)
            }
            try await stage.emulator.wait { $0.openStreams == 0 }
        }
    }

    @Test func `a program that leaves before the answer ends the request at the API`() async throws {
        try await ProxyStage.with(profiles: [.sim]) { (stage) async throws -> Void in
            try await stage.withUpstream(.silence) { client, url, upstream in
                try await client.connected { connection in
                    try await connection.send("GET \(url.target) HTTP/1.1\r\nHost: \(url.host)\r\n\r\n")
                    await upstream.waitForRequest()
                }
                await upstream.waitForClose()
            }
        }
    }

    @Test func `what the program does not read, the API does not send`() async throws {
        try await ProxyStage.with(profiles: [.sim]) { (stage) async throws -> Void in
            try await stage.withUpstream(.endlessChunks) { client, url, upstream in
                try await client.connected { connection in
                    try await connection.send("GET \(url.target) HTTP/1.1\r\nHost: \(url.host)\r\n\r\n")
                    // The sender stops once every buffer on the way is full; it would go on for ever otherwise.
                    await upstream.waitUntilStuck()
                    #expect(upstream.sentBytes < 64 << 20)
                }
                await upstream.waitForClose()
            }
        }
    }

    @Test(.enabled(if: OwnProcess.runsLongTests, "takes a minute: set TSACCOUNTS_LONG_TESTS=1"))
    func `200 MB pass with flat memory`() async throws {
        let total = 200 << 20
        try await ProxyStage.with(profiles: [.sim]) { (stage) async throws -> Void in
            try await stage.withUpstream(.chunks(bytes: total)) { _, url, _ in
                let request = HTTPClientRequest(url: "http://\(url.host)\(url.target)")
                let response = try await HTTPClient.shared.execute(request, timeout: .minutes(5))
                let before = try OwnProcess.residentBytes()
                let received = try await response.body.reduce(into: 0) { $0 += $1.readableBytes }
                #expect(received == total)
                #expect(try OwnProcess.residentBytes() - before < 64 << 20)
            }
        }
    }

    @Test func `no secret is in an answer of the proxy itself`() async throws {
        try await ProxyStage.with(profiles: [.sim]) { (stage) async throws -> Void in
            let token = try await stage.manager.session(named: "sim").accessToken().secret.exposed
            let target = "/\(stage.key)/v3/brokerage/accounts/\(token.prefix(40))"
            try await stage.manager.registry.change(
                ProfileName("sim"),
                FenceChange(accounts: .only(["SIM1100001M"]))
            )
            let answer = try await stage.ask("GET \(target)")
            #expect(answer.fields["x-tsaccounts"] == "fenced")
            #expect(!answer.body.contains(token.prefix(12)))
            #expect(!answer.body.contains(stage.key))
            #expect(try await !stage.rows("fenced").joined().contains(token.prefix(12)))
        }
    }
}
