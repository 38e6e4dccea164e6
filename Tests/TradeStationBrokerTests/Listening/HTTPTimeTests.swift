import NIOCore
import NIOEmbedded
import NIOHTTP1
import Synchronization
import Testing
import TradeStationBroker

@Suite(.timeLimit(.minutes(2))) struct HTTPTimeTests {
    /// A connection whose event loop's clock only the test moves.
    private func connection(_ responder: any HTTPResponder) async throws -> NIOAsyncTestingChannel {
        let channel = NIOAsyncTestingChannel()
        let client = ConnectedClient(userID: nil, processID: nil, program: nil)
        try await HTTPConnection.serve(channel, client: client, responder: responder).get()
        try await channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).get()
        return channel
    }

    private func pass(_ time: TimeAmount, on channel: NIOAsyncTestingChannel) async {
        await channel.testingEventLoop.advanceTime(by: time)
    }

    private func status(on channel: NIOAsyncTestingChannel) async throws -> String {
        let bytes = try await channel.waitForOutboundWrite(as: ByteBuffer.self)
        return String(String(buffer: bytes).prefix { $0 != "\r\n" })
    }

    @Test func `a connection without a request is closed after 75 seconds`() async throws {
        let channel = try await connection(ScriptedResponder.echo)
        await pass(.seconds(74), on: channel)
        #expect(channel.isActive)
        await pass(.seconds(2), on: channel)
        try await channel.closeFuture.get()
    }

    @Test func `a head that is not complete after ten seconds is answered with 408`() async throws {
        let channel = try await connection(ScriptedResponder.echo)
        try await channel.writeInbound(ByteBuffer(string: "GET / HTTP/1.1\r\nHo"))
        await pass(.seconds(6), on: channel)
        try await channel.writeInbound(ByteBuffer(string: "st: a\r\n"))
        await pass(.seconds(5), on: channel)
        #expect(try await status(on: channel) == "HTTP/1.1 408 Request Timeout")
    }

    @Test func `a body of which nothing arrives for thirty seconds is answered with 408`() async throws {
        let (asked, failed) = (Gate(), Gate())
        let responder = ScriptedResponder { request, _ in
            _ = try await request.body.next()
            asked.open()
            await #expect(throws: ResponseError.bodyTooSlow) { _ = try await request.body.next() }
            failed.open()
        }
        let channel = try await connection(responder)
        try await channel.writeInbound(ByteBuffer(string: "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx"))
        await asked.wait()
        // The responder asks for the second part on the event loop, a moment after the gate has opened.
        while channel.isActive {
            await pass(.seconds(31), on: channel)
            if let bytes = try await channel.readOutbound(as: ByteBuffer.self) {
                #expect(String(buffer: bytes).hasPrefix("HTTP/1.1 408 "))
                break
            }
        }
        await failed.wait()
    }

    @Test func `a connection is read no further while enough of a body waits`() async throws {
        let gate = Gate()
        let responder = ScriptedResponder { request, response in
            await gate.wait()
            let body = try await request.body.collect(limit: 1 << 20) ?? ByteBuffer()
            try await response.send(.ok, "\(body.readableBytes)")
        }
        let channel = try await connection(responder)
        let reads = ReadCounter()
        try await channel.testingEventLoop.executeInContext {
            try channel.pipeline.syncOperations.addHandler(reads, position: .first)
        }
        try await channel.writeInbound(ByteBuffer(string: "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n"))
        try await channel.testingEventLoop.executeInContext { channel.pipeline.read() }
        #expect(reads.count == 1)
        try await channel.writeInbound(ByteBuffer(repeating: 120, count: 70_000))
        try await channel.testingEventLoop.executeInContext { channel.pipeline.read() }
        #expect(reads.count == 1)
        gate.open()
        #expect(try await status(on: channel) == "HTTP/1.1 200 OK")
        #expect(reads.count == 2)
    }

    /// Counts the reads that reach the channel.
    private final class ReadCounter: ChannelOutboundHandler, Sendable {
        typealias OutboundIn = ByteBuffer

        private let reads = Atomic(0)
        var count: Int { reads.load(ordering: .relaxed) }

        func read(context: ChannelHandlerContext) {
            reads.add(1, ordering: .relaxed)
            context.read()
        }
    }
}
