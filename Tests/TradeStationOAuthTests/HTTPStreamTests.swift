import Synchronization
import Testing

@testable import TradeStationOAuth

/// Streaming responses from a scripted server.
@Suite struct HTTPStreamTests {
    private static let piece = String(repeating: "x", count: 1 << 16)
    private static let pieces = 1024

    private func request(_ server: ScriptedServer, _ path: String = "/") -> HTTPExchangeRequest {
        HTTPExchangeRequest(url: "http://127.0.0.1:\(server.port)\(path)")
    }

    /// The number of body bytes until the stream's end; nil if it fails.
    private func length(of stream: HTTPStream) async -> Int? {
        var length = 0
        while true {
            switch await stream.next() {
            case .head: continue
            case .bytes(let bytes): length += bytes.count
            case .end: return length
            case .failed: return nil
            }
        }
    }

    private func reason(_ event: HTTPStream.Event) -> TransportFailure.Reason? {
        if case .failed(let failure) = event { failure.reason } else { nil }
    }

    @Test func `a stream is read only as fast as its reader asks`() async throws {
        // Two connections send 64 MiB each; this counts the pieces that the first one has written.
        let written = Atomic(0)
        let transport = HTTPTransport(configuration: TransportConfiguration(replyMilliseconds: 1, maximumBodyBytes: 1))
        try await ScriptedServer.run { connection in
            try await connection.readRequest()
            try await connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in 0..<Self.pieces {
                try await connection.write("10000\r\n\(Self.piece)\r\n")
                if connection.isFirst { written.add(1, ordering: .relaxed) }
            }
            try await connection.write("0\r\n\r\n")
            try await connection.drain()
        } while: { server in
            let slow = try transport.open(request(server))
            guard case .head(let head) = await slow.next(), case .bytes(let first) = await slow.next() else {
                Issue.record("the stream did not start")
                return
            }
            #expect(head.status == 200)
            #expect(head.header("Transfer-Encoding") == "chunked")
            // Another reader reads everything, which gives the first connection enough time to write.
            let fast = try transport.open(request(server))
            #expect(await length(of: fast) == Self.pieces << 16)
            #expect(written.load(ordering: .relaxed) < Self.pieces / 2)
            #expect(await length(of: slow) == Self.pieces << 16 - first.count)
            #expect(reason(await slow.next()) == .cancelled)
            await transport.shutdown()
        }
    }

    @Test func `releasing the stream, closing it and shutting down close the connection`() async throws {
        let (ends, ended) = AsyncStream.makeStream(of: Void.self)
        try await ScriptedServer.run { connection in
            try await connection.readRequest()
            try await connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n")
            defer { ended.yield() }
            try await connection.drain()
        } while: { server in
            let transport = HTTPTransport()
            var end = ends.makeAsyncIterator()
            var stream: HTTPStream? = try transport.open(request(server))
            _ = await stream?.next()
            stream = nil
            await end.next()
            let closed = try transport.open(request(server))
            _ = await closed.next()
            await closed.close()
            await end.next()
            #expect(reason(await closed.next()) == .cancelled)
            let open = try transport.open(request(server))
            _ = await open.next()
            _ = await open.next()
            // No task waits for the events of this one.
            let unread = try transport.open(request(server))
            _ = await unread.next()
            async let last = open.next()
            await transport.shutdown()
            await end.next()
            await end.next()
            #expect(reason(await last) == .closed)
            #expect(reason(await unread.next()) == .cancelled)
            #expect(throws: TransportFailure.self) { try transport.open(request(server)) }
        }
    }

    @Test func `a redirect is reported and not followed, and a cut body is a failure`() async throws {
        try await ScriptedServer.run { connection in
            try await connection.readRequest()
            if connection.isFirst {
                try await connection.reply("307 Temporary Redirect", headers: ["Location: /elsewhere"], body: "")
            } else {
                try await connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"A\"")
            }
        } while: { server in
            let transport = HTTPTransport()
            guard case .head(let head) = await (try transport.open(request(server))).next() else {
                Issue.record("the stream has no head")
                return
            }
            #expect(head.status == 307)
            #expect(server.requests.count == 1)
            let cut = try transport.open(request(server))
            #expect(await length(of: cut) == nil)
            await transport.shutdown()
        }
    }

    @Test func `a stream without a server fails with not connected`() async throws {
        let transport = HTTPTransport()
        let stream = try transport.open(HTTPExchangeRequest(url: "http://127.0.0.1:\(RawSocket.freePort())/"))
        #expect(reason(await stream.next()) == .notConnected)
        await transport.shutdown()
    }
}
