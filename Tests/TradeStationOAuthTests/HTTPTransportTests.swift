import Testing

@testable import TradeStationOAuth

/// One request and its outcome.
///
/// The tests are serialized because they share the processor, and some of them end at a time limit in real time.
@Suite(.serialized) struct HTTPTransportTests {
    private func outcome(
        of request: HTTPExchangeRequest,
        _ configuration: TransportConfiguration = TransportConfiguration()
    ) async -> Result<HTTPExchangeResponse, TransportFailure> {
        await HTTPTransport(configuration: configuration).outcome(ofLast: request)
    }

    private func failure(
        of request: HTTPExchangeRequest,
        _ configuration: TransportConfiguration = TransportConfiguration()
    ) async -> TransportFailure? {
        await HTTPTransport(configuration: configuration).failure(ofLast: request)
    }

    @Test func `a GET returns the status, the headers in order and the body`() async throws {
        let (response, requests) = try await ScriptedServer.run { connection in
            try await connection.readRequest()
            try await connection.reply("418 Teapot", headers: ["X-One: 1", "X-one: 2"], body: "short and stout")
        } while: { server in
            let request = HTTPExchangeRequest(
                url: "http://localhost:\(server.port)/v3/brokerage/accounts?a=b",
                headers: [("Authorization", "Bearer tok")]
            )
            let configuration = TransportConfiguration(userAgent: "tsaccounts/9")
            return (try await outcome(of: request, configuration).get(), server.requests)
        }
        #expect(response.status == 418)
        #expect(String(decoding: response.body, as: UTF8.self) == "short and stout")
        #expect(response.header("x-ONE") == "1")
        #expect(response.headers.filter { $0.name.lowercased() == "x-one" }.map(\.value) == ["1", "2"])
        let request = try #require(requests.first)
        #expect(request.hasPrefix("GET /v3/brokerage/accounts?a=b HTTP/1.1\r\n"))
        #expect(request.contains("Authorization: Bearer tok\r\n"))
        #expect(request.contains("User-Agent: tsaccounts/9\r\n"))
        #expect(request.contains("Accept-Encoding: identity\r\n"))
    }

    @Test func `a request's deadline overrides the transport's`() async throws {
        let failure = try await ScriptedServer.run { connection in
            try await connection.readRequest()
            try await connection.drain()
        } while: { server in
            await self.failure(
                of: HTTPExchangeRequest(url: "http://localhost:\(server.port)/", deadlineMilliseconds: 2_000),
                TransportConfiguration(replyMilliseconds: 600_000)
            )
        }
        #expect(failure?.reason == .timedOut)
        #expect(failure?.stage == .unknown)
    }

    @Test func `cancelling the task abandons the request`() async throws {
        let (isAsked, asked) = AsyncStream.makeStream(of: Void.self)
        let failure = try await ScriptedServer.run { connection in
            try await connection.readRequest()
            asked.yield()
            try await connection.drain()
        } while: { server in
            let request = Task {
                await self.failure(
                    of: HTTPExchangeRequest(url: "http://localhost:\(server.port)/"),
                    TransportConfiguration(replyMilliseconds: 600_000)
                )
            }
            _ = await isAsked.first { _ in true }
            request.cancel()
            return await request.value
        }
        #expect(failure?.reason == .cancelled)
        #expect(failure?.stage == .unknown)
    }

    @Test(arguments: [[UInt8](), Array("x=1".utf8)])
    func `a refused connection fails with not sent, with a body and without`(_ body: [UInt8]) async throws {
        let port = RawSocket.freePort()
        for host in ["localhost", "127.0.0.1", "[::1]"] {
            let failure = await self.failure(
                of: HTTPExchangeRequest(method: "POST", url: "http://\(host):\(port)/", body: body)
            )
            #expect(failure?.stage == .notSent)
            #expect(failure?.reason == .notConnected)
        }
    }

    @Test func `an unknown host name fails with not sent`() async {
        let failure = await self.failure(
            of: HTTPExchangeRequest(method: "POST", url: "https://no-such-host.invalid/", body: [1])
        )
        #expect(failure?.stage == .notSent)
        #expect(failure?.reason != .timedOut)
    }

    @Test func `a connect timeout fails with not sent`() async throws {
        // The server accepts the connection but does not answer the TLS handshake.
        let failure = try await ScriptedServer.run {
            try await $0.drain()
        } while: { server in
            await self.failure(
                of: HTTPExchangeRequest(method: "POST", url: "https://localhost:\(server.port)/", body: [1]),
                TransportConfiguration(connectMilliseconds: 200, replyMilliseconds: 600_000)
            )
        }
        #expect(failure?.stage == .notSent)
    }

    @Test func `a reply timeout while connecting fails with not sent`() async throws {
        let failure = try await ScriptedServer.run {
            try await $0.drain()
        } while: { server in
            await self.failure(
                of: HTTPExchangeRequest(method: "POST", url: "https://localhost:\(server.port)/", body: [1]),
                TransportConfiguration(connectMilliseconds: 5_000, replyMilliseconds: 200)
            )
        }
        #expect(failure?.stage == .notSent)
        #expect(failure?.reason == .timedOut)
    }

    @Test(arguments: ["", "nonsense", "ftp://localhost/", "http://"])
    func `an invalid URL fails with not sent`(_ url: String) async {
        #expect(await self.failure(of: HTTPExchangeRequest(method: "POST", url: url, body: [1]))?.stage == .notSent)
    }

    @Test func `a header with a line break is rejected before anything is sent`() async throws {
        let (failure, requests) = try await ScriptedServer.run { connection in
            try await connection.readRequest()
            try await connection.reply("200 OK", body: "")
        } while: { server in
            let failure = await self.failure(
                of: HTTPExchangeRequest(
                    url: "http://localhost:\(server.port)/",
                    headers: [("X-A", "1\r\nX-Evil: 2")]
                )
            )
            return (failure, server.requests)
        }
        #expect(failure?.reason == .malformedRequest)
        #expect(failure?.stage == .notSent)
        #expect(requests.isEmpty)
    }

    @Test func `a transport that was shut down twice sends nothing`() async {
        let transport = HTTPTransport()
        await transport.shutdown()
        await transport.shutdown()
        await #expect {
            try await transport.execute(HTTPExchangeRequest(url: "http://localhost:1/"))
        } throws: { error in
            (error as? TransportFailure)?.reason == .closed && (error as? TransportFailure)?.stage == .notSent
        }
    }

    @Test func `a transport can be released without being shut down`() async throws {
        let status = try await ScriptedServer.run { connection in
            try await connection.readRequest()
            try await connection.reply("200 OK", body: "")
        } while: { server in
            try await HTTPTransport().execute(HTTPExchangeRequest(url: "http://localhost:\(server.port)/")).status
        }
        #expect(status == 200)
    }

    @Test func `requests and responses show no secrets when printed, reflected or dumped`() {
        let request = HTTPExchangeRequest(
            method: "POST",
            url: "https://h/?t=\(Canary.text)",
            headers: [("Authorization", "Bearer \(Canary.text)")],
            body: Array(Canary.text.utf8)
        )
        let response = HTTPExchangeResponse(
            status: 200,
            headers: [("Set-Cookie", Canary.text)],
            body: Array(Canary.text.utf8)
        )
        let failure = TransportFailure(stage: .unknown, reason: .timedOut, partial: response)
        for value in [request, response, failure] as [Any] {
            let shown = Canary.everythingShown(by: value)
            #expect(!shown.contains(Canary.text))
            // A dumped byte array shows the text as numbers.
            #expect(!shown.contains("\(UInt8(ascii: "c"))\n"))
        }
    }
}
