import AsyncHTTPClient
import Foundation
import NIOCore
import Testing
import TradeStationEmulator

/// The chunks of streams, and streams whose connections end.
///
/// The tests are serialized because they share the processor and this process's descriptors, and their requests have time
/// limits in real time.
@Suite(.serialized) struct StreamConnectionTests {
    private static let objects = [#"{"a":"é"}"#, #"{"b":2}"#, #"{"c":"drei"}"#]

    /// The chunks of three objects that are sent together, without the snapshot and the last, empty chunk.
    private func chunks(_ border: StreamChunks) async throws -> [[UInt8]] {
        var chunks: [[UInt8]] = []
        try await Visitor.with { emulator, visitor in
            let token = try #require(try await visitor.tokens().member("access_token"))
            let body = Task { [visitor] in try await visitor.rawStream(Visitor.aliceOrders, token) }
            try await emulator.wait { $0.openStreams == 1 }
            emulator.changeSettings { $0.streamChunks = border }
            emulator.streams.send(Self.objects)
            emulator.streams.strike(.end)
            let whole = try await body.value
            #expect(whole.isComplete)
            chunks = whole.chunks
        }
        #expect(chunks.first == Array("{\"StreamStatus\":\"EndSnapshot\"}\n".utf8))
        return Array(chunks.dropFirst())
    }

    private func lines(_ chunks: [[UInt8]]) -> [String] {
        String(decoding: chunks.joined(), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test func `by default each object is a chunk`() async throws {
        let chunks = try await chunks(.objects)
        #expect(chunks == Self.objects.map { Array(($0 + "\n").utf8) })
    }

    @Test func `several objects can be in one chunk`() async throws {
        let chunks = try await chunks(.several)
        #expect(chunks.count == 1)
        #expect(lines(chunks) == Self.objects)
    }

    @Test func `with split chunks, only the last chunk ends with an object`() async throws {
        let chunks = try await chunks(.split)
        #expect(chunks.count == 4)
        #expect(chunks.dropLast().allSatisfy { $0.last != UInt8(ascii: "\n") })
        #expect(chunks.dropFirst().contains { $0.contains(UInt8(ascii: "\n")) && $0.last != UInt8(ascii: "\n") })
        #expect(lines(chunks) == Self.objects)
    }

    @Test func `bytes are sent one by one, even within a character`() async throws {
        let chunks = try await chunks(.bytes)
        #expect(chunks.allSatisfy { $0.count == 1 })
        #expect(chunks.count == 32)
        #expect(lines(chunks) == Self.objects)
    }

    @Test func `a client that disconnects ends its stream immediately, even a silent one`() async throws {
        try await Visitor.with { emulator, visitor in
            let token = try #require(try await visitor.tokens().member("access_token"))
            for trouble in [nil, StreamTrouble.silence] {
                let reader = Task { [visitor] in
                    var stream = try await visitor.stream(Visitor.aliceOrders, bearer: token)
                    while try await stream.next() != nil {}
                }
                try await emulator.wait { $0.openStreams == 1 }
                if let trouble { emulator.streams.strike(trouble) }
                reader.cancel()
                _ = await reader.result
                try await emulator.wait { $0.openStreams == 0 }
            }
            #expect(emulator.counts.streamsOpened == 2)
        }
    }

    @Test func `two hundred streams are all removed when they end`() async throws {
        try await Visitor.with { emulator, visitor in
            let token = try #require(try await visitor.tokens().member("access_token"))
            let http = HTTPClient(
                eventLoopGroupProvider: .singleton,
                configuration: .init(
                    connectionPool: .init(idleTimeout: .seconds(60), concurrentHTTP1ConnectionsPerHostSoftLimit: 200)
                )
            )
            let many = Visitor(addresses: visitor.addresses, http: http)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 1...200 {
                    group.addTask {
                        var stream = try await many.stream(Visitor.aliceOrders, bearer: token)
                        while try await stream.next() != nil {}
                    }
                }
                try await emulator.wait { $0.openStreams == 200 }
                #expect(emulator.streams.strike(.end, to: StreamSelection(id: 7)) == 1)
                try await emulator.wait { $0.openStreams == 199 }
                emulator.streams.strike(.goAway)
                try await group.waitForAll()
            }
            try await http.shutdown()
            try await emulator.wait { $0.openStreams == 0 }
            #expect(emulator.counts.streamsOpened == 200)
        }
    }

    @Test func `stopping ends every stream with GoAway`() async throws {
        try await Visitor.with { emulator, visitor in
            let token = try await visitor.tokens().member("access_token")
            var orders = try await visitor.stream(Visitor.aliceOrders, bearer: token)
            var quotes = try await visitor.stream(Visitor.quotes, bearer: token)
            await emulator.stop()
            #expect(try await orders.next() == #"{"StreamStatus":"EndSnapshot"}"#)
            #expect(try await orders.next() == #"{"StreamStatus":"GoAway"}"#)
            #expect(try await orders.next() == nil)
            for _ in 1...2 { _ = try await quotes.next() }
            #expect(try await quotes.nextObject()["Error"] as? String == "GoAway")
            #expect(try await quotes.next() == nil)
            #expect(emulator.counts.openStreams == 0)
        }
    }

    @Test func `stopping does not wait for a client that does not read`() async throws {
        try await Visitor.with { emulator, visitor in
            let token = try await visitor.tokens().member("access_token")
            var stream = try await visitor.stream(Visitor.aliceOrders, bearer: token)
            // Far more bytes than the system's buffers can hold.
            emulator.streams.send(Array(repeating: String(repeating: "x", count: 1 << 20), count: 64))
            let started = ContinuousClock.now
            await emulator.stop()
            #expect(ContinuousClock.now - started < .seconds(10))
            #expect(emulator.counts.openStreams == 0)
            await #expect(throws: (any Error).self) {
                while try await stream.next() != nil {}
            }
        }
    }
}
