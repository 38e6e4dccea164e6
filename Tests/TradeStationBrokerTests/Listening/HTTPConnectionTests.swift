import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import Testing
import TradeStationBroker

@Suite(.timeLimit(.minutes(5))) struct HTTPConnectionTests {
    // MARK: Requests

    @Test func `requests that arrive together are answered one after the other, in order`() async throws {
        let answer = try await HTTPListener.withLoopback(ScriptedResponder.echo) { client, _ in
            try await client.ask(
                """
                GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc\
                POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n1\r\nf\r\n0\r\n\r\n\
                GET /4 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n
                """
            )
        }
        let bodies = answer.split(separator: "HTTP/1.1 200 OK\r\n").map { $0.split(separator: "\r\n\r\n").last }
        #expect(bodies == ["GET /1 ", "POST /2 abc", "POST /3 def", "GET /4 "])
        #expect(answer.matches(of: /Connection: close/).count == 1)
    }

    @Test func `a client of HTTP 1.0 gets a body that ends with the connection`() async throws {
        let responder = ScriptedResponder { _, response in
            try await response.start(HTTPResponseHead(version: .http1_1, status: .ok))
            try await response.write(ByteBuffer(string: "text"))
            try await response.end(nil)
        }
        let answer = try await HTTPListener.withLoopback(responder) { client, _ in
            try await client.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        }
        #expect(answer == "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\ntext")
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", "POST / HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n folded: b\r\n\r\n", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", "nonsense\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}", "GET / HTTP/1.1\r\nHost: a\r\nX: \u{0}\r\n\r\n",
    ])
    func `a request that can be read in two ways, or not at all, is refused and the connection closed`(
        request: String
    ) async throws {
        let asked = Mutex(0)
        let responder = ScriptedResponder { _, response in
            asked.withLock { $0 += 1 }
            try await response.send(.ok, "")
        }
        let answer = try await HTTPListener.withLoopback(responder) { client, _ in
            try await client.ask(request + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
        }
        #expect(answer.hasPrefix("HTTP/1.1 400 ") || answer.hasPrefix("HTTP/1.1 501 "))
        #expect(answer.matches(of: /HTTP\/1.1/).count == 1)
        #expect(asked.withLock { $0 } == 0)
    }

    @Test func `a head above the limit is refused`() async throws {
        let answer = try await HTTPListener.withLoopback(ScriptedResponder.echo) { client, _ in
            try await client.ask("GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "x", count: 70_000))\r\n\r\n")
        }
        #expect(answer.hasPrefix("HTTP/1.1 431 "))
    }

    // MARK: Bodies

    @Test func `the client is told to continue when the responder asks for the body, and not before`() async throws {
        let gate = Gate()
        let responder = ScriptedResponder { request, response in
            await gate.wait()
            let body = try await request.body.collect(limit: 100) ?? ByteBuffer()
            try await response.send(.ok, String(buffer: body))
        }
        try await HTTPListener.withLoopback(responder) { client, _ in
            try await client.connected { connection in
                try await connection.send(
                    "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"
                )
                gate.open()
                let interim = try await connection.read(through: "\r\n\r\n")
                #expect(interim == "HTTP/1.1 100 Continue\r\n\r\n")
                try await connection.send("body")
                #expect(try await connection.read(through: "body").hasPrefix("HTTP/1.1 200 OK\r\n"))
            }
        }
    }

    @Test func `a responder that does not want the body answers at once, and the connection is closed`() async throws {
        let responder = ScriptedResponder { _, response in try await response.send(.forbidden, "no") }
        let answer = try await HTTPListener.withLoopback(responder) { client, _ in
            try await client.ask("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
        }
        #expect(answer.hasPrefix("HTTP/1.1 403 ") && answer.contains("Connection: close\r\n"))
    }

    @Test func `a large body arrives whole at a responder that starts to read late`() async throws {
        let gate = Gate()
        let responder = ScriptedResponder { request, response in
            await gate.wait()
            var count = 0
            while let part = try await request.body.next() { count += part.readableBytes }
            try await response.send(.ok, "\(count) bytes")
        }
        let size = 64 << 20
        try await HTTPListener.withLoopback(responder) { client, _ in
            try await client.connected { connection in
                try await connection.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n")
                let writer = connection.writer
                async let sending: Void = writer.send(megabytes: 64)
                gate.open()
                try await sending
                #expect(try await connection.read(through: "bytes").hasSuffix("\(size) bytes"))
            }
        }
    }

    @Test func `trailers of a request reach the responder, and those of a response the client`() async throws {
        let responder = ScriptedResponder { request, response in
            _ = try await request.body.collect(limit: 100)
            try await response.start(HTTPResponseHead(version: .http1_1, status: .ok))
            try await response.write(ByteBuffer(string: "ab"))
            try await response.end(request.body.trailers())
        }
        let answer = try await HTTPListener.withLoopback(responder) { client, _ in
            try await client.connected { connection in
                try await connection.send(
                    "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nSum: 7\r\n\r\n"
                )
                return try await connection.read(through: "Sum: 7\r\n\r\n")
            }
        }
        #expect(answer == "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nSum: 7\r\n\r\n")
    }

    @Test func `a response to HEAD has no body`() async throws {
        let answer = try await HTTPListener.withLoopback(ScriptedResponder.echo) { client, _ in
            try await client.ask("HEAD /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        }
        #expect(answer == "HTTP/1.1 200 OK\r\nContent-Length: 8\r\nConnection: close\r\n\r\n")
    }

    @Test func `a field that would write further fields is not sent`() async throws {
        let errors = Mutex<[ResponseError]>([])
        let responder = ScriptedResponder { _, response in
            let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["X": "a\r\nSet-Cookie: b"])
            do {
                try await response.start(head)
            } catch let error as ResponseError {
                errors.withLock { $0.append(error) }
            }
        }
        let answer = try await HTTPListener.withLoopback(responder) { client, _ in
            try await client.ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        }
        #expect(answer.isEmpty)
        #expect(errors.withLock { $0 } == [.invalidField(name: "X")])
    }

    // MARK: Leaving

    @Test(arguments: [false, true])
    func `the responder is cancelled when the client leaves`(streams: Bool) async throws {
        let (asked, cancelled) = (Gate(), Gate())
        let responder = ScriptedResponder { _, response in
            if streams {
                try await response.start(HTTPResponseHead(version: .http1_1, status: .ok))
                try await response.write(ByteBuffer(string: "first"))
            }
            asked.open()
            await withTaskCancellationHandler {
                await cancelled.wait()
            } onCancel: {
                cancelled.open()
            }
        }
        try await HTTPListener.withLoopback(responder) { client, _ in
            try await client.connected { connection in
                try await connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                await asked.wait()
                if streams { _ = try await connection.read(through: "first") }
            }
            await cancelled.wait()
        }
    }

    @Test func `a writer waits for a client that does not read`() async throws {
        let written = Mutex(0)
        let stopped = Gate()
        let responder = ScriptedResponder { _, response in
            defer { stopped.open() }
            try await response.start(HTTPResponseHead(version: .http1_1, status: .ok))
            let part = ByteBuffer(repeating: 120, count: 1 << 20)
            for _ in 0..<1000 {
                try await response.write(part)
                written.withLock { $0 += 1 }
            }
        }
        try await HTTPListener.withLoopback(responder) { client, _ in
            try await client.connected { connection in
                try await connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = try await connection.read(through: "xxx")
            }
            // The client has left: a thousand megabytes would have been written otherwise.
            await stopped.wait()
            #expect(written.withLock { $0 } < 100)
        }
    }

    @Test func `closing lets a response end and then closes its connection`() async throws {
        let (asked, gate) = (Gate(), Gate())
        let responder = ScriptedResponder { _, response in
            asked.open()
            await gate.wait()
            try await response.send(.ok, "done")
        }
        let answer = try await HTTPListener.withLoopback(responder) { client, listener in
            try await client.connected { connection in
                try await connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                await asked.wait()
                async let closed: Void = listener.close()
                gate.open()
                let answer = try await connection.readToEnd()
                await closed
                return answer
            }
        }
        #expect(answer.hasSuffix("\r\n\r\ndone"))
    }

    // MARK: Other protocols

    @Test func `after CONNECT the channel belongs to another protocol, with the bytes that were sent already`()
        async throws
    {
        let responder = ScriptedResponder { _, response in
            let head = HTTPResponseHead(version: .http1_1, status: .ok)
            let channel = try await response.handOver(head) { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Mirror()) }
            }
            try await channel.closeFuture.get()
        }
        try await HTTPListener.withLoopback(responder) { client, _ in
            try await client.connected { connection in
                try await connection.send("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\nearly")
                let answer = try await connection.read(through: "early")
                #expect(answer == "HTTP/1.1 200 OK\r\n\r\nearly")
                try await connection.send("late")
                #expect(try await connection.read(through: "late") == "late")
            }
        }
    }

    /// Sends back what it gets.
    private final class Mirror: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            context.writeAndFlush(data, promise: nil)
        }
    }
}
