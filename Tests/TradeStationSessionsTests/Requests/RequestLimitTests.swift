import Foundation
import Testing
import TradeStationEmulator
import TradeStationModel

@testable import TradeStationSessions

@Suite(.stage()) struct RequestLimitTests {
    private let stage = SessionStage.current
    private var manager: SessionManager { stage.manager }

    /// The session of a profile whose API never answers.
    private func session(at server: SilentServer) async throws -> Session {
        let request = ProfileRequest(
            name: try ProfileName("silent"),
            environment: .live,
            apiURL: try EndpointURL("http://127.0.0.1:\(server.port)"),
            source: .sameLogin(as: try ProfileName("paper"))
        )
        _ = try await manager.registry.add(request, interaction: nil)
        return try await manager.session(named: "silent")
    }

    @Test func `cancelling the caller ends the connection`() async throws {
        let server = try SilentServer()
        let session = try await session(at: server)
        var pieces = server.connection().makeAsyncIterator()
        let caller = Task { try await session.get("/v3/brokerage/accounts") }
        #expect(await pieces.next()?.hasPrefix("GET /v3/brokerage/accounts HTTP/1.1\r\n") == true)
        caller.cancel()
        await #expect(throws: CancellationError.self) { try await caller.value }
        // The stream ends when the server has seen the end of the connection.
        #expect(await pieces.next() == nil)
    }

    @Test func `a caller's own deadline ends the request, and the error tells whether it may have been carried out`()
        async throws
    {
        let server = try SilentServer()
        let session = try await session(at: server)
        for method in ["GET", "POST"] {
            var pieces = server.connection().makeAsyncIterator()
            let call = APICall(
                method: method,
                path: "/v3/orderexecution/orders",
                body: method == "GET" ? [] : Array("{}".utf8),
                timeout: .seconds(4)
            )
            let expected: AccountsError.Code = method == "GET" ? .serverUnreachable : .outcomeUnknown
            #expect(await code { _ = try await session.perform(call) } == expected)
            #expect(await pieces.next()?.hasPrefix("\(method) ") == true)
            while await pieces.next() != nil {}
        }
    }

    @Test func `a JSON body has its content type, and the query is encoded`() async throws {
        let server = try SilentServer()
        let session = try await session(at: server)
        var pieces = server.connection().makeAsyncIterator()
        let caller = Task {
            try await session.post(
                "/v3/x?a=1",
                body: ["AccountID": "SIM1"],
                query: ["since": "2026-01-01T00:00:00Z", "q": "a&b c"]
            )
        }
        var sent = ""
        while !sent.hasSuffix("}"), let piece = await pieces.next() { sent += piece }
        caller.cancel()
        _ = await caller.result
        #expect(sent.hasPrefix("POST /v3/x?a=1&since=2026-01-01T00%3A00%3A00Z&q=a%26b%20c HTTP/1.1\r\n"))
        #expect(sent.lowercased().contains("\r\ncontent-type: application/json\r\n"))
        #expect(sent.lowercased().contains("\r\ncontent-length: 20\r\n"))
        #expect(sent.hasSuffix(#"{"AccountID":"SIM1"}"#))
    }

    @Test func `an impossible body or time is refused before anything is sent`() async throws {
        let session = try await manager.session(named: "paper")
        let long = [UInt8](repeating: 0x20, count: APICall.longestBody + 1)
        #expect(await code { _ = try await session.post("/v3/x", json: long) } == .usage)
        #expect(await code { _ = try await session.put("/v3/x", body: [Double.nan]) } == .usage)
        #expect(await code { _ = try await session.get("/v3/x", timeout: .zero) } == .serverUnreachable)
        #expect(stage.emulator.counts.apiRequests == 0)
    }

    @Test func `a call that is cancelled before it is sent sends nothing`() async throws {
        let session = try await manager.session(named: "paper")
        #expect(try await session.get("/v3/brokerage/accounts").status == 200)
        for _ in 0..<50 {
            let caller = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await session.delete("/v3/orderexecution/orders/1")
            }
            await #expect(throws: CancellationError.self) { try await caller.value }
        }
        #expect(stage.emulator.counts.apiRequests == 1)
    }

    @Test func `a timeout can be as long as a Duration can be`() async throws {
        let session = try await manager.session(named: "paper")
        for time in [Duration.seconds(Int64.max), .milliseconds(Int64.max), .seconds(200_000_000_000)] {
            #expect(try await session.get("/v3/brokerage/accounts", timeout: time).status == 200)
            #expect(await code { _ = try await session.accessToken(validFor: time) } == .minValidityTooLong)
        }
        #expect(
            await code { _ = try await session.get("/x", timeout: .seconds(Int64.min)) } == .serverUnreachable
        )
        let answer = try await stage.withManager(timeout: .seconds(Int64.max)) { manager in
            try await manager.session(named: "paper").get("/v3/brokerage/accounts")
        }
        #expect(answer.status == 200)
    }
}
