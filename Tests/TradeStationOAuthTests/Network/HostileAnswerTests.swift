import Testing
import TradeStationModel

@testable import TradeStationOAuth

/// Answers that break the rules of HTTP. None of them ends the process, or is waited for without end.
@Suite(.serialized) struct HostileAnswerTests {
    /// Far beyond what an answer takes: the server closes after each.
    private static let limits = TransportConfiguration(replyMilliseconds: 300_000)
    private static let cases = 10_000

    /// The outcome of one request: the status, or the failure.
    private func outcome(
        of number: Int,
        from server: HostileServer,
        over transport: HTTPTransport
    ) async -> Result<Int, TransportFailure> {
        let url = "http://127.0.0.1:\(server.port)/\(number)"
        do throws(TransportFailure) {
            guard number % 3 != 0 else { return try await streamOutcome(of: url, over: transport) }
            let isPost = number % 3 == 1
            let request = HTTPExchangeRequest(
                method: isPost ? "POST" : "GET",
                url: url,
                headers: number % 2 == 0 ? [("Connection", "close")] : [],
                body: isPost ? Array("a=b".utf8) : []
            )
            return .success(try await transport.execute(request).status)
        } catch {
            return .failure(error)
        }
    }

    private func streamOutcome(
        of url: String,
        over transport: HTTPTransport
    ) async throws(TransportFailure) -> Result<Int, TransportFailure> {
        let stream = try transport.open(HTTPExchangeRequest(url: url))
        var status = 0
        while true {
            switch await stream.next() {
            case .head(let head): status = head.status
            case .bytes: continue
            case .end: return .success(status)
            case .failed(let failure): return .failure(failure)
            }
        }
    }

    /// Sends the requests with these numbers, several at a time.
    private func outcomes(
        of numbers: Range<Int>,
        from server: HostileServer
    ) async -> [Result<Int, TransportFailure>] {
        let transport = HTTPTransport(configuration: Self.limits)
        let outcomes = await withTaskGroup(of: [Result<Int, TransportFailure>].self) { group in
            for lane in 0..<16 {
                group.addTask {
                    var outcomes: [Result<Int, TransportFailure>] = []
                    for number in numbers where number % 16 == lane {
                        outcomes.append(await outcome(of: number, from: server, over: transport))
                    }
                    return outcomes
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        await transport.shutdown()
        return outcomes
    }

    @Test func `ten thousand hostile answers end neither the process nor the transport`() async throws {
        let outcomes = try await HostileServer.run(HostileAnswer.bytes) { server in
            await self.outcomes(of: 0..<Self.cases, from: server)
        }
        #expect(outcomes.count == Self.cases)
        var statuses = 0
        for outcome in outcomes {
            switch outcome {
            case .success(let status):
                #expect((100...999).contains(status))
                statuses += 1
            case .failure(let failure):
                #expect(failure.reason != .timedOut)
                #expect(failure.partial == nil || failure.stage == .unknown)
            }
        }
        // Some are whole answers, and many are not.
        #expect(statuses > Self.cases / 100)
        #expect(statuses < Self.cases)
    }

    @Test func `an answer that is cut off after any byte is never taken for a whole one`() async throws {
        let whole = Array(
            """
            HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\
            Trailer: X-T\r\n\r\n2\r\n{}\r\n0\r\nX-T: 1\r\n\r\n
            """.utf8
        )
        let outcomes = try await HostileServer.run {
            Array(whole.prefix($0))
        } while: { server in
            await self.outcomes(of: 0..<whole.count, from: server)
        }
        #expect(outcomes.count == whole.count)
        for outcome in outcomes {
            guard case .failure(let failure) = outcome else {
                Issue.record("An answer that was cut off counted as whole.")
                return
            }
            #expect(failure.stage == .unknown)
        }
    }

    @Test(arguments: [
        "HTTP/1.1 000 x\r\n\r\n", "HTTP/1.1 099 x\r\nContent-Length: 2\r\n\r\n{}", "HTTP/1.0 001 \r\n\r\n{}",
    ])
    func `a status below 100 is a malformed answer of the server`(_ text: String) async throws {
        try await HostileServer.run { _ in
            Array(text.utf8)
        } while: { server in
            try await Exchange.withTransport { transport in
                let answer = await TokenEndpoint(transport: transport)
                    .refresh(try .sample(port: server.port), refreshToken: Secret("ref-1"))
                #expect(answer.failure?.kind == .outcomeUnknown)
                #expect(answer.failure?.code == .serverError)
                #expect(answer.failure?.description == "The answer is not valid HTTP.")
                let request = HTTPExchangeRequest(url: "http://127.0.0.1:\(server.port)/")
                await #expect {
                    try await transport.execute(request)
                } throws: {
                    ($0 as? TransportFailure)?.reason == .malformedResponse
                }
                let stream = try transport.open(request)
                guard case .failed(let failure) = await stream.next() else {
                    Issue.record("The stream did not fail.")
                    return
                }
                #expect(failure.reason == .malformedResponse)
            }
        }
    }

    @Test func `an answer that comes before the request does not end the process`() async throws {
        for number in 0..<200 {
            try await ScriptedServer.run { connection in
                try await connection.write(String(decoding: HostileAnswer.bytes(number), as: UTF8.self))
            } while: { server in
                try await Exchange.withTransport { transport in
                    let request = HTTPExchangeRequest(
                        method: "POST",
                        url: "http://127.0.0.1:\(server.port)/",
                        body: Array("a=b".utf8)
                    )
                    do throws(TransportFailure) {
                        _ = try await transport.execute(request)
                    } catch {
                        #expect(error.reason != .timedOut)
                    }
                }
            }
        }
    }
}
