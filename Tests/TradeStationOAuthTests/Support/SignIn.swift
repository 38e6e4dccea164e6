import Foundation
import NIOCore
import NIOPosix
import Synchronization
import Testing
import TradeStationModel
import TradeStationOAuth
import TradeStationTesting

/// A running sign-in over real sockets of this computer.
struct SignIn: Sendable {
    let task: Task<AuthorizationCode, any Error>
    let url: String
    let port: Int

    /// A parameter of the URL that the user opens.
    func parameter(_ name: String) -> String {
        URLComponents(string: url)?.queryItems?.first { $0.name == name }?.value ?? ""
    }

    var validTarget: String { "/?code=c-1&state=\(parameter("state"))" }

    /// The code of the error that ended the sign-in.
    func errorCode() async -> String? {
        guard case .failure(let error) = await task.result else { return nil }
        return (error as? AccountsError)?.code.rawValue
    }

    static func start(
        ports: [Int]? = nil,
        redirectURI: String? = nil,
        time: TestClock = TestClock(),
        connectionMilliseconds: Int64 = 3_600_000,
        pasted: (@Sendable () async throws -> String?)? = nil,
        note: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> SignIn {
        var limits = CallbackLimits(connectionMilliseconds: connectionMilliseconds)
        if let ports {
            limits.ports = ports
        } else {
            limits.ports = [RawSocket.freePort()]
        }
        let flow = AuthorizationCodeFlow(
            registration: try .sample(redirectURI: redirectURI),
            scopes: ["openid"],
            random: .system,
            time: time,
            limits: limits
        )
        let (presented, present) = AsyncStream.makeStream(of: String.self)
        let task = Task {
            defer { present.finish() }
            return try await flow.run(present: { present.yield($0) }, pasted: pasted, note: note)
        }
        let url = try #require(await presented.first { _ in true })
        let redirect = URLComponents(string: url)?.queryItems?.first { $0.name == "redirect_uri" }?.value ?? ""
        return SignIn(task: task, url: url, port: URLComponents(string: redirect)?.port ?? 80)
    }

    /// Whether no process listens on a port. A child process that another test starts can keep the port open for a
    /// moment, so this tries several times.
    static func isFree(_ port: Int, address: String = "127.0.0.1") async -> Bool {
        for _ in 0..<300 {
            guard let socket = try? await RawSocket.connect(address, port: port) else { return true }
            await socket.close()
        }
        return false
    }

    /// Whether this computer has the address `::1`.
    static let hasIPv6 =
        (try? SocketAddress(ipAddress: "::1", port: 0)).map { address in
            (try? ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(to: address).wait().close().wait())
                != nil
        } ?? false
}

/// Reads the lines that a test pastes, one per call.
struct LineReader: Sendable {
    private let lines: AsyncStream<String>

    init(_ lines: AsyncStream<String>) {
        self.lines = lines
    }

    func next() async -> String? { await lines.first { _ in true } }
}

/// The notes that the user received.
final class Notes: Sendable {
    private let texts = Mutex<[String]>([])

    var all: [String] { texts.withLock { $0 } }

    func add(_ text: String) { texts.withLock { $0.append(text) } }
}
