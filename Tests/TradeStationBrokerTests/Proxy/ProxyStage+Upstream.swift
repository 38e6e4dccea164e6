import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import TradeStationModel
import TradeStationSessions
import TradeStationTesting

@testable import TradeStationBroker

extension ProxyStage {
    /// Adds a profile whose API is another server of this machine.
    func addProfile(_ name: String, at port: Int) async throws -> (key: AccessKey, profile: ProxiedProfile) {
        _ = try await manager.registry.add(
            ProfileRequest(
                name: ProfileName(name),
                environment: .sim,
                apiURL: EndpointURL("http://127.0.0.1:\(port)"),
                source: .sameLogin(as: ProfileName("sim"))
            ),
            interaction: nil
        )
        let session = try await manager.session(named: name)
        let profile = ProxiedProfile(
            session,
            of: manager,
            door: .proxy,
            handles: HandleIssuer(),
            clock: tradeStation.clock
        )
        return (AccessKey(.system), profile)
    }

    /// Runs `body` with a listener for a profile whose API gives this answer.
    ///
    /// - Parameter body: gets the listener's client, its URL for a request of the profile, and the API.
    func withUpstream(
        _ answer: HTTPUpstream.Answer,
        _ body: (RawClient, (host: String, target: String), HTTPUpstream) async throws -> Void
    ) async throws {
        let upstream = try await HTTPUpstream.start { _ in answer }
        let (key, profile) = try await addProfile("other", at: upstream.port)
        let port = ListeningPort()
        try await HTTPListener.withLoopback(ProxyResponder([.init(profile, key: key)], port: port)) {
            client,
            listener in
            port.set(listener.port ?? 0)
            let url = ("127.0.0.1:\(listener.port ?? 0)", "/\(key.secret.exposed)/v3/brokerage/accounts")
            try await body(client, url, upstream)
        }
        await upstream.stop()
    }

    /// Waits until `holds` is true, for thirty seconds at most: for what gives no event.
    static func eventually(_ holds: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(30)
        while try await !holds() {
            guard ContinuousClock.now < end else { throw NotInTime() }
            await Task.yield()
        }
    }

    /// A condition that did not become true.
    struct NotInTime: Error {}
}

/// A server whose answers no emulator gives: endless ones, and none at all.
final class HTTPUpstream: Sendable {
    enum Answer: Sendable {
        case silence
        case endlessChunks
        case chunks(bytes: Int)
    }

    private let channel: any Channel
    private let log: Log

    var port: Int { channel.localAddress?.port ?? 0 }
    /// The bytes of bodies that were written to a connection.
    var sentBytes: Int { log.state.withLock { $0.sent } }

    private init(_ channel: any Channel, _ log: Log) {
        self.channel = channel
        self.log = log
    }

    static func start(_ answer: @escaping @Sendable (String) -> Answer) async throws -> HTTPUpstream {
        let log = Log()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 1 << 16, high: 1 << 17))
            .childChannelInitializer { channel in
                channel.pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false).flatMapThrowing {
                    try channel.pipeline.syncOperations.addHandler(Sender(log, answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return HTTPUpstream(channel, log)
    }

    func stop() async { try? await channel.close().get() }

    func waitForRequest() async { await log.requested.wait() }
    func waitForClose() async { await log.closed.wait() }
    /// Returns once the connection takes no more bytes for two seconds.
    func waitUntilStuck() async {
        var last = -1
        var since = ContinuousClock.now
        while ContinuousClock.now - since < .seconds(2) {
            let sent = sentBytes
            if sent != last || sent == 0 { (last, since) = (sent, .now) }
            await Task.yield()
        }
    }

    final class Log: Sendable {
        struct State {
            var sent = 0
        }

        let state = Mutex(State())
        let requested = Gate()
        let closed = Gate()
    }

    private final class Sender: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let log: Log
        private let answer: @Sendable (String) -> Answer
        private var remaining = 0

        init(_ log: Log, _ answer: @escaping @Sendable (String) -> Answer) {
            self.log = log
            self.answer = answer
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard case .head(let head) = unwrapInboundIn(data) else { return }
            switch answer(head.uri) {
            case .silence: remaining = 0
            case .endlessChunks: start(.max, context)
            case .chunks(let bytes): start(bytes, context)
            }
            log.requested.open()
        }

        func channelWritabilityChanged(context: ChannelHandlerContext) {
            if context.channel.isWritable { send(context) }
        }

        func channelInactive(context: ChannelHandlerContext) {
            log.closed.open()
        }

        private func start(_ bytes: Int, _ context: ChannelHandlerContext) {
            remaining = bytes
            let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["Transfer-Encoding": "chunked"])
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            send(context)
        }

        private func send(_ context: ChannelHandlerContext) {
            let piece = ByteBuffer(repeating: UInt8(ascii: "x"), count: 1 << 14)
            while remaining > 0, context.channel.isWritable {
                context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(piece))), promise: nil)
                remaining -= piece.readableBytes
                log.state.withLock { $0.sent += piece.readableBytes }
                if remaining <= 0 { context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil) }
            }
        }
    }
}

/// The process that runs the tests.
enum OwnProcess {
    static var runsLongTests: Bool { ProcessInfo.processInfo.environment["TSACCOUNTS_LONG_TESTS"] == "1" }

    /// The memory that the process has now, in bytes.
    static func residentBytes() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        return (Int(line.filter(\.isNumber)) ?? 0) * 1024
    }
}
