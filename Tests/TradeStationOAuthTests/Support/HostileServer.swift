import NIOCore
import NIOPosix

/// A server on 127.0.0.1 that reads one request from each connection, answers it with given bytes, and closes.
struct HostileServer: Sendable {
    let port: Int

    /// Runs a server while `body` runs.
    ///
    /// - Parameter answer: The bytes for a request, from the number that its target ends with; an answer to a request
    ///   whose target has no number gets 0.
    static func run<Result>(
        _ answer: @escaping @Sendable (Int) -> [UInt8],
        while body: (HostileServer) async throws -> Result
    ) async throws -> Result {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(OneAnswer(answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            let result = try await body(HostileServer(port: channel.localAddress?.port ?? 0))
            try await channel.close()
            return result
        } catch {
            try? await channel.close()
            throw error
        }
    }

    private final class OneAnswer: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let answer: @Sendable (Int) -> [UInt8]
        private var text = ""
        private var isAnswered = false

        init(_ answer: @escaping @Sendable (Int) -> [UInt8]) { self.answer = answer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            text += String(buffer: unwrapInboundIn(data))
            guard !isAnswered, ScriptedServer.Connection.isWhole(text) else { return }
            isAnswered = true
            let target = text.split(separator: " ", maxSplits: 2).dropFirst().first ?? ""
            let number = Int(target.split(separator: "/").last ?? "") ?? 0
            let channel = context.channel
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: answer(number)))).assumeIsolated().whenComplete {
                _ in
                channel.close(promise: nil)
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
