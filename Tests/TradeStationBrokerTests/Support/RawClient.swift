import NIOCore
import NIOPosix

/// A client that sends bytes as they are and returns the bytes that come back.
struct RawClient: Sendable {
    /// The connection while `body` of ``connected(to:_:)`` runs.
    struct Connection: ~Copyable {
        fileprivate var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
        fileprivate let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
        fileprivate var received = ""

        /// Sends from another task than the one that reads.
        var writer: Writer { Writer(outbound: outbound) }

        func send(_ text: String) async throws { try await outbound.write(ByteBuffer(string: text)) }

        /// What has arrived since the last call, up to and including `end`; all of it if the server closes before.
        mutating func read(through end: String) async throws -> String {
            while !received.contains(end), let part = try await inbound.next(isolation: #isolation) {
                received += String(buffer: part)
            }
            guard let range = received.firstRange(of: end) else {
                defer { received = "" }
                return received
            }
            defer { received = String(received[range.upperBound...]) }
            return String(received[..<range.upperBound])
        }

        /// Everything until the server closes.
        mutating func readToEnd() async throws -> String {
            while let part = try await inbound.next(isolation: #isolation) { received += String(buffer: part) }
            return received
        }
    }

    /// Sends on a connection.
    struct Writer: Sendable {
        fileprivate let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>

        func send(megabytes: Int) async throws {
            for _ in 0..<megabytes { try await outbound.write(ByteBuffer(repeating: 120, count: 1 << 20)) }
        }
    }

    let address: SocketAddress

    init(port: Int) throws { address = try SocketAddress(ipAddress: "127.0.0.1", port: port) }
    init(path: String) throws { address = try SocketAddress(unixDomainSocketPath: path) }

    func connected<Result: Sendable>(_ body: (inout Connection) async throws -> Result) async throws -> Result {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(to: address) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var connection = Connection(inbound: inbound.makeAsyncIterator(), outbound: outbound)
            return try await body(&connection)
        }
    }

    /// Sends text on a new connection and returns everything until the server closes.
    func ask(_ text: String) async throws -> String {
        try await connected { connection in
            try await connection.send(text)
            return try await connection.readToEnd()
        }
    }
}
