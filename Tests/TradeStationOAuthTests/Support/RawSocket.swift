import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// A TCP client that sends raw bytes and reads until the server closes.
struct RawSocket: Sendable {
    private let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>

    static func connect(_ host: String = "127.0.0.1", port: Int) async throws -> RawSocket {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: true)
                    )
                }
            }
        return RawSocket(channel: channel)
    }

    /// Sends bytes and reads until the connection ends or fails.
    func ask(_ bytes: [UInt8]) async -> String {
        var answer = ByteBuffer()
        try? await channel.executeThenClose { inbound, outbound in
            if !bytes.isEmpty { try await outbound.write(ByteBuffer(bytes: bytes)) }
            for try await var part in inbound { answer.writeBuffer(&part) }
        }
        return String(buffer: answer)
    }

    func ask(_ text: String) async -> String { await ask(Array(text.utf8)) }

    /// Sends a request, closes the sending side and reads until the server closes.
    func askOnce(_ text: String) async throws -> String {
        var answer = ByteBuffer()
        try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: text))
            outbound.finish()
            for try await var part in inbound { answer.writeBuffer(&part) }
        }
        return String(buffer: answer)
    }

    func close() async { try? await channel.executeThenClose { _, _ in } }

    /// Sends a request over a new connection and returns the response.
    static func get(
        _ target: String,
        port: Int,
        host: String? = nil,
        address: String = "127.0.0.1",
        method: String = "GET"
    ) async throws -> String {
        try await connect(address, port: port)
            .ask("\(method) \(target) HTTP/1.1\r\nHost: \(host ?? "localhost:\(port)")\r\n\r\n")
    }

    // Below the range of ephemeral ports, which the kernel assigns.
    private static let nextPort = Atomic<Int>(30_100 + Int(getpid()) % 1_500)

    /// A port that this process has not used before. It is not tested by binding, because a child process that another
    /// test starts could keep it open for a moment.
    static func freePort() -> Int {
        nextPort.add(1, ordering: .relaxed).newValue
    }
}
