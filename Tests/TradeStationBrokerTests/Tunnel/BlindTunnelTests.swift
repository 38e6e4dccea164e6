import Foundation
import NIOCore
import Testing
import TradeStationModel

@testable import TradeStationBroker

@Suite(.timeLimit(.minutes(5))) struct BlindTunnelTests {
    private static let established = Array("HTTP/1.1 200 Connection established\r\n\r\n".utf8)

    /// Reads everything until the other side has sent everything.
    private static func readAll(_ inbound: ByteServer.Inbound) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await part in inbound { bytes += Array(part.readableBytesView) }
        return bytes
    }

    /// Random bytes: as many as do not fit into the buffers of the connections.
    private static let payload = RandomSource.system.bytes(3_000_000)

    @Test func `bytes pass unchanged in both directions, and each direction ends by itself`() async throws {
        try await TunnelStage.with { stage in
            // Answers only after it has got everything, which it can only know from the end of that direction.
            try await ByteServer.with(serving: { inbound, outbound in
                let received = try await Self.readAll(inbound)
                try await outbound.write(ByteBuffer(bytes: received.reversed()))
            }) { server in
                let answer = try await ByteServer.connected(to: stage.listener.port) { inbound, outbound in
                    try await outbound.write(ByteBuffer(string: stage.connect("127.0.0.1:\(server.port)")))
                    for start in stride(from: 0, to: Self.payload.count, by: 100_000) {
                        try await outbound.write(ByteBuffer(bytes: Self.payload[start..<start + 100_000]))
                    }
                    outbound.finish()
                    return try await Self.readAll(inbound)
                }
                #expect(answer.starts(with: Self.established))
                #expect(answer.dropFirst(Self.established.count).elementsEqual(Self.payload.reversed()))
            }
        }
    }

    @Test func `a server that ends its direction first still gets the rest`() async throws {
        try await TunnelStage.with { stage in
            let (received, note) = AsyncStream.makeStream(of: [UInt8].self)
            try await ByteServer.with(serving: { inbound, outbound in
                try await outbound.write(ByteBuffer(string: "greeting"))
                outbound.finish()
                note.yield(try await Self.readAll(inbound))
            }) { server in
                try await ByteServer.connected(to: stage.listener.port) { inbound, outbound in
                    try await outbound.write(ByteBuffer(string: stage.connect("127.0.0.1:\(server.port)")))
                    let greeting = try await Self.readAll(inbound)
                    #expect(greeting.elementsEqual(Self.established + Array("greeting".utf8)))
                    try await outbound.write(ByteBuffer(string: "the rest"))
                    outbound.finish()
                    var rest = received.makeAsyncIterator()
                    let got = await rest.next()
                    #expect(got == Array("the rest".utf8))
                }
            }
        }
    }

    @Test func `what a client sends before the tunnel stands is passed on`() async throws {
        try await TunnelStage.with { stage in
            try await ByteServer.with(serving: { inbound, outbound in
                for try await part in inbound { try await outbound.write(part) }
            }) { server in
                let answer = try await stage.client.connected { connection in
                    try await connection.send(stage.connect("127.0.0.1:\(server.port)") + "early.")
                    _ = try await connection.read(through: "\r\n\r\n")
                    return try await connection.read(through: ".")
                }
                #expect(answer == "early.")
            }
        }
    }

    @Test func `a server that cannot be reached is a 502`() async throws {
        try await TunnelStage.with { stage in
            let answer = try await stage.client.ask(stage.connect("127.0.0.1:1"))
            #expect(answer.hasPrefix("HTTP/1.1 502 Bad Gateway\r\n"))
            #expect(answer.contains("X-TSAccounts: server_unreachable\r\n"))
        }
    }

    // MARK: The proxy that was there before

    /// A proxy that records the heads of its requests, answers with a status, and then sends everything back.
    private static func withProxy<Result: Sendable>(
        status: String,
        _ body: (ByteServer, AsyncStream<String>) async throws -> Result
    ) async throws -> Result {
        let (heads, note) = AsyncStream.makeStream(of: String.self)
        return try await ByteServer.with(serving: { inbound, outbound in
            var head = ""
            var isOpen = false
            for try await part in inbound {
                if isOpen {
                    try await outbound.write(part)
                    continue
                }
                head += String(buffer: part)
                guard head.hasSuffix("\r\n\r\n") else { continue }
                note.yield(head)
                isOpen = true
                try await outbound.write(ByteBuffer(string: "HTTP/1.1 \(status)\r\nX: y\r\n\r\nfrom the proxy."))
            }
        }) { try await body($0, heads) }
    }

    @Test func `other hosts are reached through the proxy that was there before, with its password`() async throws {
        try await Self.withProxy(status: "200 OK") { proxy, heads in
            let network = NetworkSettings(proxy: Secret("http://corp:p%40ss@127.0.0.1:\(proxy.port)"))
            try await TunnelStage.with(network: network) { stage in
                let answer = try await stage.client.connected { connection in
                    try await connection.send(stage.connect("data.example.com:8443"))
                    _ = try await connection.read(through: "\r\n\r\n")
                    let first = try await connection.read(through: ".")
                    try await connection.send("echo.")
                    return first + (try await connection.read(through: "."))
                }
                #expect(answer == "from the proxy.echo.")
                var recorded = heads.makeAsyncIterator()
                let head = try #require(await recorded.next())
                #expect(head.hasPrefix("CONNECT data.example.com:8443 HTTP/1.1\r\nHost: data.example.com:8443\r\n"))
                #expect(head.contains("Proxy-Authorization: Basic \(Data("corp:p@ss".utf8).base64EncodedString())\r\n"))
                #expect(!head.contains(stage.authorization()))
            }
        }
    }

    @Test func `hosts in NO_PROXY and this machine are reached without that proxy`() async throws {
        try await Self.withProxy(status: "500 No") { proxy, _ in
            let network = NetworkSettings(proxy: Secret("http://127.0.0.1:\(proxy.port)"), noProxy: "*")
            try await TunnelStage.with(network: network) { stage in
                try await ByteServer.with(serving: { _, outbound in
                    try await outbound.write(ByteBuffer(string: "direct"))
                }) { server in
                    let answer = try await stage.client.ask(stage.connect("localhost:\(server.port)"))
                    #expect(answer.hasSuffix("\r\n\r\ndirect"))
                }
            }
        }
    }

    @Test func `a refusal of that proxy is a 502 that names its status and not its password`() async throws {
        try await Self.withProxy(status: "407 Proxy Authentication Required") { proxy, _ in
            let network = NetworkSettings(proxy: Secret("http://corp:canary@127.0.0.1:\(proxy.port)"))
            try await TunnelStage.with(network: network) { stage in
                let answer = try await stage.client.ask(stage.connect("data.example.com:443"))
                #expect(answer.hasPrefix("HTTP/1.1 502 "))
                #expect(answer.contains("The proxy 127.0.0.1:\(proxy.port) has answered with the status 407."))
                #expect(!answer.contains("canary"))
            }
        }
    }

    @Test func `TradeStation's hosts do not go through that proxy`() async throws {
        let network = NetworkSettings(proxy: Secret("http://127.0.0.1:1"))
        try await TunnelStage.with(network: network) { stage in
            let answer = try await stage.send("https://api.tradestation.com/v3/x")
            #expect(answer.status == 200)
        }
    }
}
