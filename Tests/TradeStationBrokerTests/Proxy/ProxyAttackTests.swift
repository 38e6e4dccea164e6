import NIOCore
import NIOHTTP1
import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationBroker

/// Requests that a listener of the proxy refuses: what the client sees, and that nothing is sent.
@Suite struct ProxyAttackTests {
    /// A request of an attacker, as bytes. `$KEY` is the key of the profile `sim`, `$LIVE` that of `live`, and `$PORT` the
    /// port.
    struct Attack: Sendable, CustomTestStringConvertible {
        let name: String
        let request: String
        let status: Int
        /// The code in `X-TSAccounts`; nil if the request is refused before it is understood.
        let code: String?

        var testDescription: String { name }

        init(_ name: String, _ request: String, _ status: Int, _ code: String? = nil) {
            (self.name, self.request, self.status, self.code) = (name, request, status, code)
        }

        /// A GET whose target is given.
        static func target(_ name: String, _ target: String, _ status: Int, _ code: String? = nil) -> Attack {
            Attack(name, "GET \(target) HTTP/1.1\r\n\(host)\r\n", status, code)
        }

        /// A GET with the right key and further header fields.
        static func fields(
            _ name: String,
            _ status: Int,
            _ code: String?,
            _ fields: String...,
            host: String = host
        ) -> Attack {
            let lines = fields.map { "\($0)\r\n" }.joined()
            return Attack(name, "GET /$KEY/v3/brokerage/accounts HTTP/1.1\r\n\(host)\(lines)\r\n", status, code)
        }

        /// A POST of an order with the right key, whose framing is given.
        static func order(
            _ name: String,
            _ status: Int,
            _ code: String?,
            _ fields: String...,
            body: String
        ) -> Attack {
            let lines = fields.map { "\($0)\r\n" }.joined()
            let head = "POST /$KEY/v3/orderexecution/orders HTTP/1.1\r\n\(host)\(lines)\r\n"
            return Attack(name, head + body, status, code)
        }

        private static let host = "Host: 127.0.0.1:$PORT\r\nConnection: close\r\n"
    }

    static let webPages: [Attack] = [
        .fields(
            "a page by DNS rebinding",
            421,
            "wrong_host",
            host: "Host: evil.example:$PORT\r\nConnection: close\r\n"
        ),
        .fields(
            "a page by DNS rebinding to port 80",
            421,
            "wrong_host",
            host: "Host: evil.example\r\nConnection: close\r\n"
        ),
        .fields(
            "a host that begins with the address",
            421,
            "wrong_host",
            host: "Host: 127.0.0.1.evil.example:$PORT\r\nConnection: close\r\n"
        ),
        .fields(
            "a host with user information",
            421,
            "wrong_host",
            host: "Host: 127.0.0.1:$PORT@evil.example\r\nConnection: close\r\n"
        ),
        .fields(
            "another address of this machine",
            421,
            "wrong_host",
            host: "Host: 127.0.0.2:$PORT\r\nConnection: close\r\n"
        ),
        .fields("the host without the port", 421, "wrong_host", host: "Host: 127.0.0.1\r\nConnection: close\r\n"),
        .fields("another port", 421, "wrong_host", host: "Host: 127.0.0.1:1\r\nConnection: close\r\n"),
        .fields(
            "TradeStation's host",
            421,
            "wrong_host",
            host: "Host: sim-api.tradestation.com\r\nConnection: close\r\n"
        ),
        .fields("an empty host", 421, "wrong_host", host: "Host:\r\nConnection: close\r\n"),
        .fields("a page of another origin", 403, "web_page", "Origin: https://evil.example"),
        .fields("a page without an origin", 403, "web_page", "Origin: null"),
        .fields("a page of another port", 403, "web_page", "Origin: http://127.0.0.1:$PORT"),
        .fields("an image of another site", 403, "web_page", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"),
        .fields("a script of the same site", 403, "web_page", "Sec-Fetch-Site: same-site"),
        .fields("a script of the same origin", 403, "web_page", "Sec-Fetch-Site: same-origin"),
        Attack(
            "a preflight request",
            "OPTIONS /$KEY/v3/orderexecution/orders HTTP/1.1\r\nHost: 127.0.0.1:$PORT\r\nConnection: close\r\n"
                + "Origin: https://evil.example\r\nAccess-Control-Request-Method: POST\r\n\r\n",
            403,
            "web_page"
        ),
    ]

    static let framing: [Attack] = [
        .fields("no host", 400, nil, host: "Connection: close\r\n"),
        .fields("two hosts", 400, nil, "Host: evil.example"),
        .order("two lengths that differ", 400, nil, "Content-Length: 2", "Content-Length: 30", body: "{}"),
        .order("two equal lengths", 400, nil, "Content-Length: 2", "Content-Length: 2", body: "{}"),
        .order("a list of lengths", 400, nil, "Content-Length: 2, 2", body: "{}"),
        .order("a negative length", 400, nil, "Content-Length: -2", body: "{}"),
        .order("a length with a sign", 400, nil, "Content-Length: +2", body: "{}"),
        .order("a length in hexadecimal", 400, nil, "Content-Length: 0x2", body: "{}"),
        .order(
            "a length and chunks",
            400,
            nil,
            "Content-Length: 2",
            "Transfer-Encoding: chunked",
            body: "2\r\n{}\r\n0\r\n\r\n"
        ),
        .order(
            "chunks and a length",
            400,
            nil,
            "Transfer-Encoding: chunked",
            "Content-Length: 2",
            body: "2\r\n{}\r\n0\r\n\r\n"
        ),
        .order("an unknown transfer coding", 400, nil, "Transfer-Encoding: xchunked", body: "2\r\n{}\r\n0\r\n\r\n"),
        .order(
            "a size of a chunk that is no number",
            400,
            nil,
            "Transfer-Encoding: chunked",
            body: "zz\r\n{}\r\n0\r\n\r\n"
        ),
        .fields("a space before the colon", 400, nil, "X-A : b"),
        .fields("a folded line", 400, nil, "X-A: b\r\n c"),
        .fields("a control character in a field", 400, nil, "X-A: b\u{1}c"),
        Attack("a line without a version", "GET /$KEY/v3/brokerage/accounts\r\n\r\n", 400),
        Attack("another protocol", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        Attack(
            "a method in lower case",
            "post /$KEY/v3/orderexecution/orders HTTP/1.1\r\nHost: 127.0.0.1:$PORT\r\nConnection: close\r\n\r\n",
            400
        ),
        .order("a body above the limit", 413, "body_too_long", "Content-Length: 1048577", body: ""),
        .order("a length above every limit", 400, nil, "Content-Length: 99999999999999999999", body: ""),
    ]

    static let paths: [Attack] = [
        .target("a line break in the path", "/$KEY/v3/a\r\nX-A: b", 400),
        .target("an encoded line break", "/$KEY/v3/brokerage/accounts%0d%0aX-A:b", 400, "bad_request"),
        .target("an encoded zero", "/$KEY/v3/brokerage/accounts%00", 400, "bad_request"),
        .target("a fragment", "/$KEY/v3/brokerage/accounts#x", 400, "bad_request"),
        .target("a space", "/$KEY/v3/brokerage/ accounts", 400),
        .target("dots", "/$KEY/v3/../v3/brokerage/accounts", 400, "bad_request"),
        .target("dots that leave the key", "/$KEY/../$LIVE/v3/brokerage/accounts", 400, "bad_request"),
        .target("encoded dots", "/$KEY/v3/%2e%2e/v3/brokerage/accounts", 400, "bad_request"),
        .target("dots with a parameter", "/$KEY/v3/..;/v3/brokerage/accounts", 400, "bad_request"),
        .target("a single dot", "/$KEY/./v3/brokerage/accounts", 400, "bad_request"),
        .target("an encoded slash", "/$KEY/v3/brokerage%2faccounts", 400, "bad_request"),
        .target("a backslash", "/$KEY/v3/brokerage\\accounts", 400, "bad_request"),
        .target("an encoded backslash", "/$KEY/v3/brokerage%5caccounts", 400, "bad_request"),
        .target("encoding twice", "/$KEY/v3/%252e%252e/brokerage/accounts", 400, "bad_request"),
        .target("a cut-off encoding", "/$KEY/v3/brokerage/accounts%2", 400, "bad_request"),
        .target("a host as the path", "//api.tradestation.com/v3/brokerage/accounts", 400, "bad_request"),
        .target("an empty segment", "/$KEY//v3/brokerage/accounts", 400, "bad_request"),
        .target("the URL of another host", "http://evil.example/v3/brokerage/accounts", 400, "bad_request"),
        .target("the URL of TradeStation", "https://api.tradestation.com/v3/brokerage/accounts", 400, "bad_request"),
        .target("a path that is not the API's", "/$KEY/v1/brokerage/accounts", 404, "not_found"),
        .target("no path", "/$KEY", 404, "not_found"),
        Attack(
            "a tunnel",
            "CONNECT api.tradestation.com:443 HTTP/1.1\r\nHost: 127.0.0.1:$PORT\r\nConnection: close\r\n\r\n",
            400,
            "bad_request"
        ),
        Attack(
            "a method that shows the token",
            "TRACE /$KEY/v3/brokerage/accounts HTTP/1.1\r\nHost: 127.0.0.1:$PORT\r\nConnection: close\r\n\r\n",
            405,
            "bad_method"
        ),
    ]

    static let keys: [Attack] = [
        .target("no key", "/v3/brokerage/accounts", 401, "wrong_key"),
        .target("no key, with a name", "/sim/v3/brokerage/accounts", 401, "wrong_key"),
        .target("a wrong key", "/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/v3/brokerage/accounts", 401, "wrong_key"),
        .target("a key that is longer", "/$KEYA/v3/brokerage/accounts", 401, "wrong_key"),
        .target("a key in the query", "/v3/brokerage/accounts?key=$KEY", 401, "wrong_key"),
        .fields("the keys of two profiles", 403, "other_key", "X-TSAccounts-Key: $LIVE"),
        .fields("a right key and a wrong one", 403, "other_key", "X-TSAccounts-Key: x"),
        .fields("two keys", 400, "bad_request", "X-TSAccounts-Key: $KEY", "X-TSAccounts-Key: $KEY"),
        Attack(
            "another profile's key",
            "GET /live/v3/brokerage/accounts HTTP/1.1\r\nHost: 127.0.0.1:$PORT\r\nConnection: close\r\n"
                + "X-TSAccounts-Key: $KEY\r\n\r\n",
            403,
            "other_key"
        ),
        Attack(
            "a key as a bearer token",
            "GET /sim/v3/brokerage/accounts HTTP/1.1\r\nHost: 127.0.0.1:$PORT\r\nConnection: close\r\n"
                + "Authorization: Bearer $KEY\r\n\r\n",
            401,
            "wrong_key"
        ),
        Attack(
            "a name that nobody has",
            "GET /swing/v3/brokerage/accounts HTTP/1.1\r\nHost: 127.0.0.1:$PORT\r\nConnection: close\r\n"
                + "X-TSAccounts-Key: $KEY\r\n\r\n",
            404,
            "not_found"
        ),
    ]

    @Test func `no attack reaches the API or the sign-in server`() async throws {
        let attacks = Self.webPages + Self.framing + Self.paths + Self.keys
        try await ProxyStage.with { stage in
            let before = stage.emulator.log.count
            for attack in attacks {
                let request = attack.request.replacing("$KEY", with: stage.key)
                    .replacing("$LIVE", with: stage.key(of: "live")).replacing("$PORT", with: "\(stage.port)")
                let answer = try ProxyAnswer(await stage.client.ask(request))
                #expect(answer.status == attack.status, "\(attack.name)")
                #expect(answer.fields["x-tsaccounts"] == attack.code, "\(attack.name)")
                #expect(!answer.fields.keys.contains { $0.hasPrefix("access-control-") }, "\(attack.name)")
                #expect(answer.isComplete, "\(attack.name)")
                guard attack.code != nil else { continue }
                #expect(answer.member("Error")?.isEmpty == false, "\(attack.name)")
                #expect(answer.member("Message")?.isEmpty == false, "\(attack.name)")
            }
            #expect(stage.emulator.log.count == before)
            #expect(attacks.count > 60)
            // The listener still works.
            #expect(try await stage.ask("GET /\(stage.key)/v3/brokerage/accounts").status == 200)
        }
    }

    @Test func `a body that grows above the limit is refused, and nothing is sent`() async throws {
        try await ProxyStage.with { stage in
            let text = try await stage.client.connected { connection in
                try await connection.send(
                    "POST /\(stage.key)/v3/orderexecution/orders HTTP/1.1\r\nHost: 127.0.0.1:\(stage.port)\r\n"
                        + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                )
                let chunk = "10000\r\n" + String(repeating: "x", count: 0x10000) + "\r\n"
                for _ in 0..<17 { try await connection.send(chunk) }
                return try await connection.readToEnd()
            }
            let answer = try ProxyAnswer(text)
            #expect(answer.status == 413)
            #expect(answer.fields["x-tsaccounts"] == "body_too_long")
            #expect(stage.emulator.counts.apiRequests == 0)
        }
    }

    @Test func `a body that does not arrive ends the request, and nothing is sent`() async throws {
        var limits = HTTPLimits()
        limits.bodyTime = .milliseconds(100)
        try await ProxyStage.with(limits: limits) { stage in
            let answer = try ProxyAnswer(
                await stage.client.ask(
                    "POST /\(stage.key)/v3/orderexecution/orders HTTP/1.1\r\nHost: 127.0.0.1:\(stage.port)\r\n"
                        + "Content-Length: 10\r\n\r\n{"
                )
            )
            #expect(answer.status == 408)
            #expect(stage.emulator.counts.apiRequests == 0)
        }
    }

    @Test func `a body that arrives in drops has a minute in total`() async throws {
        try await ProxyStage.with { stage in
            try await stage.client.connected { connection in
                try await connection.send(
                    "POST /\(stage.key)/v3/orderexecution/orders HTTP/1.1\r\nHost: 127.0.0.1:\(stage.port)\r\n"
                        + "Content-Length: 10\r\nConnection: close\r\n\r\n{"
                )
                try await stage.tradeStation.clock.waitForSleeper(of: .seconds(60))
                try await connection.send("\"")
                stage.tradeStation.clock.advance(by: .seconds(60))
                let answer = try ProxyAnswer(await connection.read(through: "}"))
                #expect(answer.status == 408)
                #expect(answer.fields["x-tsaccounts"] == "body_too_slow")
            }
            #expect(stage.emulator.counts.apiRequests == 0)
        }
    }

    @Test func `before the listener has a port, every request is refused`() {
        let responder = ProxyResponder([], port: ListeningPort())
        #expect(throws: ProxyRefusal.wrongHost) {
            try responder.admit(HTTPRequestHead(version: .http1_1, method: .GET, uri: "/"))
        }
    }
}
