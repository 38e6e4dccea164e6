import NIOCore
import NIOHTTP1
import Synchronization
import Testing
import TradeStationModel
import TradeStationSessions
import TradeStationTesting

@testable import TradeStationBroker

@Suite struct DashboardResponderTests {
    private static let port = 4711

    /// A responder of a manager, and its gate.
    private func open(_ tradeStation: EmulatedTradeStation) -> (DashboardResponder, DashboardGate) {
        let responder = DashboardResponder(
            manager: tradeStation.manager,
            clock: tradeStation.clock,
            zone: .utc,
            logger: tradeStation.configuration.logger
        )
        let gate = DashboardGate(port: Self.port, random: .system, now: tradeStation.clock.bootMilliseconds())
        responder.open(with: gate)
        return (responder, gate)
    }

    private func request(_ target: String, method: HTTPMethod = .GET, _ fields: [(String, String)] = [])
        -> IncomingRequest
    {
        let head = HTTPRequestHead(
            version: .http1_1,
            method: method,
            uri: target,
            headers: HTTPHeaders([("Host", "127.0.0.1:\(Self.port)")] + fields)
        )
        return IncomingRequest(
            head: head,
            body: EmptyBody(),
            client: ConnectedClient(userID: nil, processID: nil, program: nil)
        )
    }

    private func answer(
        _ responder: DashboardResponder,
        _ target: String,
        method: HTTPMethod = .GET,
        _ fields: [(String, String)] = []
    ) async -> RecordedResponse {
        let response = RecordedResponse()
        await responder.respond(to: request(target, method: method, fields), with: response)
        return response
    }

    @Test func `the link leads to the page with the cookie, and the page shows the store`() async throws {
        try await withTradeStation { tradeStation in
            let (responder, gate) = open(tradeStation)
            let link = String(gate.address(port: Self.port).dropFirst("http://127.0.0.1:4711".count))
            let opened = await answer(responder, link)
            #expect(opened.status == 303)
            #expect(opened.field("location") == gate.path)
            let cookie = try #require(opened.field("set-cookie"))
            let fields = [("Cookie", String(cookie.prefix { $0 != ";" }))]
            let page = await answer(responder, gate.path + "?hours=1", fields)
            #expect(page.status == 200)
            let markup = try Markup(page.text)
            #expect(markup.cells(ofTable: "Logins").map { $0[0] } == ["live LIVE sim SIM"])
            #expect(!page.text.contains(gate.cookie))
            #expect(!page.text.contains(link))
            let style = await answer(responder, gate.path + "dashboard.css", fields)
            #expect(style.status == 200 && style.field("content-type") == "text/css; charset=utf-8")
            #expect(style.text.contains("prefers-color-scheme: dark"))
            let script = await answer(responder, gate.path + "dashboard.js", fields)
            #expect(script.status == 200 && script.text.contains("new EventSource(\"events\")"))
        }
    }

    @Test func `every response has the security fields, and HEAD has no body`() async throws {
        try await withTradeStation { tradeStation in
            let (responder, gate) = open(tradeStation)
            let cookie = [("Cookie", String(gate.cookieField.prefix { $0 != ";" }))]
            for (target, fields) in [
                (gate.path, cookie), (gate.path + "dashboard.css", cookie), ("/", []), (gate.path, []),
            ] {
                for method in [HTTPMethod.GET, .HEAD, .POST] {
                    let response = await answer(responder, target, method: method, fields)
                    #expect(
                        response.field("content-security-policy")
                            == "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
                            + "base-uri 'none'; frame-ancestors 'none'; form-action 'none'"
                    )
                    #expect(response.field("referrer-policy") == "no-referrer")
                    #expect(response.field("cache-control") == "no-store")
                    #expect(response.field("x-content-type-options") == "nosniff")
                    #expect(response.isEnded)
                    if method == .HEAD { #expect(response.text.isEmpty && response.field("content-length") != "0") }
                }
            }
        }
    }

    @Test func `no secret of the store is on the page, the notices or in the events`() async throws {
        try await withTradeStation { tradeStation in
            let (responder, gate) = open(tradeStation)
            let session = try await tradeStation.manager.session(named: "live")
            let record = try await tradeStation.manager.registry.profile(named: ProfileName("live"))
            _ = try await tradeStation.manager.refresh(record)
            let addresses = tradeStation.emulator.addresses
            let secrets: [String] = [
                try await session.accessToken().secret.exposed, addresses.clientSecret, addresses.users[0].password,
                gate.cookie,
            ]
            let cookie = [("Cookie", String(gate.cookieField.prefix { $0 != ";" }))]
            let page = await answer(responder, gate.path + "?hours=24", cookie)
            let audit = try Markup(page.text).cells(ofTable: "Audit")
            #expect(audit.contains { $0[1] == "refresh succeeded" })
            for response in [page, await answer(responder, gate.path), await answer(responder, "/open/x")] {
                for secret in secrets {
                    #expect(!response.text.contains(secret))
                    // Nor a part of it that could be guessed from.
                    #expect(!response.text.contains(String(secret.suffix(16))))
                }
            }
        }
    }

    @Test func `a page on another origin gets nothing`() async throws {
        try await withTradeStation { tradeStation in
            let (responder, gate) = open(tradeStation)
            let cookie = [("Cookie", String(gate.cookieField.prefix { $0 != ";" }))]
            let response = await answer(responder, gate.path, cookie + [("Origin", "https://evil.example")])
            #expect(response.status == 403)
            #expect(!response.text.contains("live"))
            #expect(response.field("access-control-allow-origin") == nil)
        }
    }

    @Test func `the stream says at once that something may have changed, and again after each audit row`() async throws
    {
        try await withTradeStation { tradeStation in
            let (responder, gate) = open(tradeStation)
            let cookie = [("Cookie", String(gate.cookieField.prefix { $0 != ";" }))]
            let response = RecordedResponse()
            let (seen, see) = AsyncStream.makeStream(of: String.self)
            response.listen { see.yield($0) }
            let request = request(gate.path + "events", cookie)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await responder.respond(to: request, with: response) }
                var events = seen.makeAsyncIterator()
                #expect(await events.next() == "retry: 2000\n\n")
                #expect(await events.next()?.hasPrefix("event: changed\n") == true)
                #expect(response.field("content-type") == "text/event-stream; charset=utf-8")
                let record = try await tradeStation.manager.registry.profile(named: ProfileName("live"))
                _ = try await tradeStation.manager.refresh(record)
                try await tradeStation.clock.waitForSleeper(of: .seconds(1))
                tradeStation.clock.advance(by: .seconds(1))
                #expect(await events.next()?.hasPrefix("event: changed\n") == true)
                for _ in 1...5 {
                    try await tradeStation.clock.waitForSleeper(of: .seconds(1))
                    tradeStation.clock.advance(by: .seconds(1))
                }
                #expect(await events.next()?.hasPrefix("event: alive\n") == true)
                group.cancelAll()
            }
        }
    }

    @Test func `a store that cannot be read is said, with its code`() async throws {
        try await withTradeStation { tradeStation in
            let (responder, gate) = open(tradeStation)
            await tradeStation.manager.close()
            let cookie = [("Cookie", String(gate.cookieField.prefix { $0 != ";" }))]
            let response = await answer(responder, gate.path, cookie)
            #expect(response.status == 503)
            let page = try Markup(response.text)
            #expect(page.all("p")[0].text.hasSuffix("[closed]"))
        }
    }

    private struct EmptyBody: RequestBody {
        func next() async throws -> ByteBuffer? { nil }
    }
}
