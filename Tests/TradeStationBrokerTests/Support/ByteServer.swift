import NIOCore
import NIOPosix

/// A TCP server for connections that carry any bytes.
struct ByteServer: Sendable {
    typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>
    typealias Inbound = NIOAsyncChannelInboundStream<ByteBuffer>
    typealias Outbound = NIOAsyncChannelOutboundWriter<ByteBuffer>

    let port: Int

    /// Runs a server for the duration of `body`.
    ///
    /// - Parameter serve: Serves one connection, which closes when it returns.
    static func with<Result: Sendable>(
        serving serve: @escaping @Sendable (Inbound, Outbound) async throws -> Void,
        _ body: (ByteServer) async throws -> Result
    ) async throws -> Result {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try Connection(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: true)
                    )
                }
            }
        let port = server.channel.localAddress?.port ?? 0
        let accepting = Task {
            try await server.executeThenClose { connections in
                for try await connection in connections {
                    try? await connection.executeThenClose { try await serve($0, $1) }
                }
            }
        }
        defer { accepting.cancel() }
        return try await body(ByteServer(port: port))
    }

    /// Opens a connection to a port of this machine, and closes it after `body`.
    static func connected<Result: Sendable>(
        to port: Int,
        _ body: (Inbound, Outbound) async throws -> Result
    ) async throws -> Result {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try Connection(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: true)
                    )
                }
            }
        return try await channel.executeThenClose { inbound, outbound in try await body(inbound, outbound) }
    }
}
