import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import TradeStationModel
import TradeStationSessions

@testable import TradeStationBroker

/// A listener for the programs of one run, with responders that a test writes.
struct TunnelStage: Sendable {
    static let hosts = ["api.tradestation.com", "sim-api.tradestation.com", "signin.tradestation.com"]

    let listener: TunnelListener
    let password: ProxyPassword
    let authority: RunAuthority

    /// Answers with the name of the responder, the method, the host, the path and the body.
    private static func echo(_ name: String) -> ScriptedResponder {
        ScriptedResponder { request, response in
            let body = try await request.body.collect(limit: 1 << 20) ?? ByteBuffer()
            let host = request.head.headers.first(name: "host") ?? ""
            let proxyFields = request.head.headers.filter { $0.name.lowercased().hasPrefix("proxy-") }.count
            let text =
                "\(name) \(request.head.method) \(host) \(request.head.uri) \(String(buffer: body)) \(proxyFields)"
            try await response.send(.ok, text)
        }
    }

    static func with<Result: Sendable>(
        network: NetworkSettings = NetworkSettings(),
        _ body: (TunnelStage) async throws -> Result
    ) async throws -> Result {
        let password = ProxyPassword(.system)
        let authority = try RunAuthority(hosts: hosts, clock: SystemClock())
        let listener = try await TunnelListener.start { _ in
            TunnelServices(
                plan: TunnelPlan(hosts: hosts),
                password: password,
                authority: authority,
                network: network,
                connection: ClientConnection(client: ConnectedClient(userID: nil, processID: nil, program: nil)),
                tunnelled: echo("tunnelled"),
                direct: echo("direct")
            )
        }
        do {
            let result = try await body(TunnelStage(listener: listener, password: password, authority: authority))
            await listener.close()
            return result
        } catch {
            await listener.close()
            throw error
        }
    }

    /// The value of `Proxy-Authorization` for a user and a password; by default the right ones.
    func authorization(user: String = ProxyPassword.user, password: String? = nil) -> String {
        "Basic " + Data("\(user):\(password ?? self.password.secret.exposed)".utf8).base64EncodedString()
    }

    /// A CONNECT request with the right password.
    func connect(_ target: String) -> String {
        "CONNECT \(target) HTTP/1.1\r\nHost: \(target)\r\nProxy-Authorization: \(authorization())\r\n\r\n"
    }

    var client: RawClient {
        get throws { try RawClient(port: listener.port) }
    }

    /// Sends a request through a tunnel with TLS.
    func send(
        _ url: String,
        method: HTTPMethod = .GET,
        host: String? = nil,
        body: String? = nil
    ) async throws -> (status: UInt, text: String, code: String?) {
        var configuration = HTTPClient.Configuration()
        configuration.proxy = .server(
            host: "127.0.0.1",
            port: listener.port,
            authorization: .basic(username: ProxyPassword.user, password: password.secret.exposed)
        )
        configuration.httpVersion = .http1Only
        // The default is too short for a busy machine.
        configuration.timeout.connect = .seconds(120)
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(
            try NIOSSLCertificate.fromPEMBytes(Array(authority.certificatePEM.utf8))
        )
        configuration.tlsConfiguration = tls
        return try await HTTPClient.withHTTPClient(
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            configuration: configuration
        ) { client in
            var request = HTTPClientRequest(url: url)
            request.method = method
            if let host { request.headers.add(name: "Host", value: host) }
            if let body { request.body = .bytes(ByteBuffer(string: body)) }
            let response = try await client.execute(request, timeout: .seconds(120))
            let text = String(buffer: try await response.body.collect(upTo: 1 << 20))
            return (UInt(response.status.code), text, response.headers.first(name: "X-TSAccounts"))
        }
    }
}
