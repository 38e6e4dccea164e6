import Foundation
import Synchronization
import Testing
import TradeStationModel

@testable import TradeStationOAuth

/// Requests through a proxy.
@Suite struct ProxyTests {
    /// No name can be looked up here: only the proxy knows the server.
    private static let resolver = NameResolver { _ in .unknownName }

    private func transport(_ environment: [String: String]) -> HTTPTransport {
        HTTPTransport(
            configuration: TransportConfiguration(
                connectMilliseconds: 60_000,
                replyMilliseconds: 60_000,
                network: NetworkSettings(environment: environment)
            ),
            resolver: Self.resolver
        )
    }

    private func failure(
        of request: HTTPExchangeRequest,
        _ environment: [String: String]
    ) async -> TransportFailure? {
        await transport(environment).failure(ofLast: request)
    }

    private static let post = HTTPExchangeRequest(
        method: "POST",
        url: "https://auth.corp.test/",
        body: Array("a=b".utf8)
    )

    @Test(
        .enabled(if: TestAuthority.isPossible, "needs the openssl command"),
        arguments: ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
    )
    func `an https request goes through the proxy's tunnel, and so does a stream`(_ variable: String) async throws {
        let authority = try TestAuthority.shared.get()
        let (asked, request) = try await ScriptedServer.run(tls: TestAuthority.server("valid")) { connection in
            try await connection.readRequest()
            try await connection.reply("200 OK", headers: ["Connection: close"], body: "{}")
        } while: { server in
            let asked = try await ScriptedServer.run { connection in
                try await connection.readRequest()
                try await connection.write("HTTP/1.1 200 Connection established\r\n\r\n")
                try await connection.tunnel(to: server.port)
            } while: { proxy in
                let transport = transport([
                    variable: "http://ann:p%40ss%3A1@127.0.0.1:\(proxy.port)/", "SSL_CERT_FILE": authority.certificate,
                ])
                let url = "https://auth.corp.test:\(server.port)/v3"
                let stream = try transport.open(HTTPExchangeRequest(url: url))
                guard case .head(let head) = await stream.next() else { throw Expected.head }
                #expect(head.status == 200)
                await stream.close()
                let post = HTTPExchangeRequest(method: "POST", url: url, body: [1])
                #expect(try await transport.outcome(ofLast: post).get().status == 200)
                #expect(
                    proxy.requests.allSatisfy { $0.hasPrefix("CONNECT auth.corp.test:\(server.port) HTTP/1.1\r\n") }
                )
                return proxy.requests
            }
            return (asked, server.requests.last ?? "")
        }
        #expect(asked.count == 2)
        let credentials = Data("ann:p@ss:1".utf8).base64EncodedString()
        #expect(
            asked.allSatisfy { $0.lowercased().contains("proxy-authorization: basic \(credentials.lowercased())\r\n") }
        )
        #expect(!request.lowercased().contains("proxy-authorization"))
    }

    private enum Expected: Error { case head }

    @Test func `a proxy is not asked about this machine, or about what NO_PROXY names`() async throws {
        try await ScriptedServer.run { connection in
            try await connection.readRequest()
        } while: { proxy -> Void in
            for (url, exceptions) in [
                ("https://localhost:1/", ""), ("https://127.0.0.1:1/", ""), ("https://[::1]:1/", ""),
                ("https://127.1.2.3:1/", ""), ("https://auth.corp.test/", "corp.test"),
                ("https://auth.corp.test/", ".corp.test"), ("https://AUTH.corp.test/", "other, auth.corp.TEST."),
                ("https://auth.corp.test:8443/", "auth.corp.test:8443"), ("https://auth.corp.test/", "*"),
            ] {
                let request = HTTPExchangeRequest(method: "POST", url: url, body: [1])
                let environment = ["HTTPS_PROXY": "http://127.0.0.1:\(proxy.port)", "NO_PROXY": exceptions]
                #expect(await failure(of: request, environment)?.stage == .notSent)
            }
            #expect(proxy.requests.isEmpty)
        }
    }

    @Test(arguments: [
        (
            "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n",
            TransportFailure.Reason.deniedByProxy
        ),
        ("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", .refusedByProxy),
        ("HTTP/1.1 000 x\r\n\r\n", .refusedByProxy), ("HTTP/1.1 302 x\r\nLocation: /\r\n\r\n", .refusedByProxy),
        ("", .refusedByProxy), ("no http\r\n\r\n", .refusedByProxy),
    ])
    func `a proxy that refuses has sent nothing`(_ answer: String, _ reason: TransportFailure.Reason) async throws {
        let secret = "pr0xy-p4ss"
        let outcome = try await ScriptedServer.run { connection in
            try await connection.readRequest()
            try await connection.write(answer)
        } while: { proxy in
            await self.failure(of: Self.post, ["HTTPS_PROXY": "http://ann:\(secret)@127.0.0.1:\(proxy.port)"])
        }
        let failure = try #require(outcome)
        #expect(failure.stage == .notSent)
        #expect(failure.reason == reason)
        #expect(!Canary.everythingShown(by: failure).contains(secret))
        #expect(!failure.explanation.contains(secret))
    }

    @Test func `a proxy that cannot be reached is named without its password`() async {
        let port = RawSocket.freePort()
        let failure = await failure(of: Self.post, ["HTTPS_PROXY": "http://ann:secret@127.0.0.1:\(port)"])
        #expect(failure?.stage == .notSent)
        #expect(failure?.explanation == "No connection to the proxy 127.0.0.1:\(port) could be established.")
        let unknown = await self.failure(of: Self.post, ["ALL_PROXY": "ann:secret@proxy.corp.test:3128"])
        #expect(unknown?.reason == .nameNotResolved)
        #expect(unknown?.explanation.contains("the proxy proxy.corp.test:3128") == true)
    }

    @Test(arguments: ["socks5://ann:secret@h:1080", "socks5h://h", "https://ann:secret@h:443", "ftp://h"])
    func `a proxy with another scheme is refused with the schemes that work`(_ url: String) async {
        let failure = await failure(of: Self.post, ["ALL_PROXY": url])
        #expect(failure?.stage == .notSent)
        let scheme = url.prefix { $0 != ":" }
        #expect(
            failure?.explanation
                == "The proxy in ALL_PROXY has the scheme \(scheme)://, but only http:// proxies are supported."
        )
        #expect(failure?.suggestion == "set ALL_PROXY to http://HOST:PORT, or unset it")
    }

    @Test(arguments: [
        "http://", "http://:1", "http://h:x", "http://h:0", "http://h:70000", "http://a b", "http://%zz@h:1",
    ])
    func `a text that is not the URL of a proxy is refused without being shown`(_ url: String) async {
        let failure = await failure(of: Self.post, ["https_proxy": url])
        #expect(failure?.stage == .notSent)
        #expect(failure?.explanation == "The text in https_proxy is not the URL of a proxy.")
    }

    @Test(arguments: [
        ("proxy.test", "proxy.test", 1080), ("http://proxy.test:3128/path?x", "proxy.test", 3128),
        ("HTTP://[2001:db8::1]:8080", "2001:db8::1", 8080), ("u:p@proxy.test:81", "proxy.test", 81),
        ("http://u@x:y@proxy.test:82", "proxy.test", 82),
    ])
    func `a proxy's host and port are read as curl does`(_ url: String, _ host: String, _ port: Int) throws {
        let proxy = try ProxyAddress(Secret(url))
        #expect(proxy.host == host)
        #expect(proxy.port == port)
    }

    @Test func `whatever a proxy answers, nothing was sent and the process goes on`() async throws {
        try await HostileServer.run { _ in
            HostileAnswer.bytes(Self.number.add(1, ordering: .relaxed).newValue)
        } while: { proxy in
            let environment = ["HTTPS_PROXY": "http://127.0.0.1:\(proxy.port)"]
            for _ in 0..<200 {
                let failure = await failure(of: Self.post, environment)
                #expect(failure?.stage == .notSent)
                #expect(failure?.reason != .timedOut)
            }
        }
    }

    private static let number = Atomic(0)
}
