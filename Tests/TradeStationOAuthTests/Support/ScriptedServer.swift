import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A TCP server on 127.0.0.1 that runs a script for each connection.
final class ScriptedServer: Sendable {
    let port: Int
    private let recorded = Mutex<[String]>([])

    var requests: [String] { recorded.withLock { $0 } }

    private init(port: Int) {
        self.port = port
    }

    /// One accepted connection.
    final class Connection {
        let channel: any Channel
        private let server: ScriptedServer
        private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
        private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>

        init(
            server: ScriptedServer,
            channel: any Channel,
            inbound: NIOAsyncChannelInboundStream<ByteBuffer>,
            outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
        ) {
            self.server = server
            self.channel = channel
            self.inbound = inbound.makeAsyncIterator()
            self.outbound = outbound
        }

        /// Reads a request head and the body that its `Content-Length` announces, and records both.
        func readRequest() async throws {
            var text = ""
            while !Self.isWhole(text), let buffer = try await inbound.next(isolation: #isolation) {
                text += String(buffer: buffer)
            }
            isFirst = server.recorded.withLock { requests in
                requests.append(text)
                return requests.count == 1
            }
        }

        /// Whether this connection sent the first request.
        private(set) var isFirst = false

        /// Reads until the client disconnects.
        func drain() async throws {
            while try await inbound.next(isolation: #isolation) != nil {}
        }

        func write(_ text: String) async throws {
            try await outbound.write(ByteBuffer(string: text))
        }

        func write(_ bytes: [UInt8]) async throws {
            try await outbound.write(ByteBuffer(bytes: bytes))
        }

        func reply(_ status: String, headers: [String] = [], body: String) async throws {
            let fields = ["Content-Length: \(body.utf8.count)"] + headers
            try await write("HTTP/1.1 \(status)\r\n\(fields.joined(separator: "\r\n"))\r\n\r\n\(body)")
        }

        /// Passes bytes between the client and another server of this machine, until one of them closes.
        func tunnel(to port: Int) async throws {
            let server = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                    }
                }
            let (client, toClient) = (channel, outbound)
            try await server.executeThenClose { answers, toServer in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        for try await bytes in answers { try await toClient.write(bytes) }
                        try? await client.close()
                    }
                    while let bytes = try await inbound.next(isolation: #isolation) { try await toServer.write(bytes) }
                    group.cancelAll()
                }
            }
        }

        /// Whether a text is a request head with the body that its `Content-Length` announces.
        static func isWhole(_ text: String) -> Bool {
            guard let end = text.range(of: "\r\n\r\n") else { return false }
            let lengths = text[..<end.lowerBound].split(separator: "\r\n").compactMap { line in
                line.lowercased().hasPrefix("content-length:") ? Int(line.dropFirst(15).filter(\.isNumber)) : nil
            }
            return text[end.upperBound...].utf8.count >= lengths.first ?? 0
        }
    }

    /// Runs a server while `body` runs. Each connection is passed to the script and closed when the script returns.
    ///
    /// - Parameter tls: The certificate of a server that speaks TLS.
    static func run<Result: Sendable>(
        tls: NIOSSLContext? = nil,
        _ script: @escaping @Sendable (Connection) async throws -> Void,
        while body: @Sendable (ScriptedServer) async throws -> Result
    ) async throws -> Result {
        let listening = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        let server = ScriptedServer(port: listening.channel.localAddress?.port ?? 0)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await serve(listening, as: server, script) }
            do {
                let result = try await body(server)
                // Close instead of cancelling, so that waiting connections are still served and closed.
                try await listening.channel.close()
                return result
            } catch {
                try? await listening.channel.close()
                throw error
            }
        }
    }

    private static func serve(
        _ listening: NIOAsyncChannel<NIOAsyncChannel<ByteBuffer, ByteBuffer>, Never>,
        as server: ScriptedServer,
        _ script: @escaping @Sendable (Connection) async throws -> Void
    ) async throws {
        try await listening.executeThenClose { connections in
            await withThrowingTaskGroup(of: Void.self) { scripts in
                do {
                    for try await connection in connections {
                        scripts.addTask {
                            try? await connection.executeThenClose { inbound, outbound in
                                try await script(
                                    Connection(
                                        server: server,
                                        channel: connection.channel,
                                        inbound: inbound,
                                        outbound: outbound
                                    )
                                )
                            }
                        }
                    }
                } catch {}
                scripts.cancelAll()
            }
        }
    }
}
