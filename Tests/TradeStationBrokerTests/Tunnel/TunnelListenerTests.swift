import Foundation
import NIOCore
import NIOHTTP1
import Testing
import TradeStationModel

@testable import TradeStationBroker

@Suite(.timeLimit(.minutes(5))) struct TunnelListenerTests {
    private static let established = "HTTP/1.1 200 Connection established\r\n\r\n"

    // MARK: The password

    @Test(arguments: ["", "Proxy-Authorization: Basic eDp5\r\n", "Proxy-Authorization: Bearer x\r\n"])
    func `CONNECT without the password is answered 407, and the same connection can try again`(
        field: String
    ) async throws {
        try await TunnelStage.with { stage in
            let target = "api.tradestation.com:443"
            let answers = try await stage.client.connected { connection in
                try await connection.send("CONNECT \(target) HTTP/1.1\r\nHost: \(target)\r\n\(field)\r\n")
                let head = try await connection.read(through: "\r\n\r\n")
                let body = try await connection.read(through: "}")
                try await connection.send(stage.connect(target))
                return [head, body, try await connection.read(through: "\r\n\r\n")]
            }
            #expect(answers[0].hasPrefix("HTTP/1.1 407 Proxy Authentication Required\r\n"))
            #expect(answers[0].contains("Proxy-Authenticate: Basic realm=\"tsaccounts\"\r\n"))
            #expect(!answers[0].contains("Connection: close"))
            #expect(answers[1].contains("\"Message\":"))
            // Exactly these bytes: no framing of a body follows.
            #expect(answers[2] == Self.established)
        }
    }

    @Test func `the password of another run is wrong`() async throws {
        try await TunnelStage.with { stage in
            let other = stage.authorization(password: ProxyPassword(.system).secret.exposed)
            #expect(!stage.password.matches(other))
            #expect(!stage.password.matches(stage.authorization(user: "somebody")))
            #expect(!stage.password.matches(nil))
            #expect(stage.password.matches(stage.authorization()))
            #expect(stage.password.matches(stage.authorization().replacing("Basic ", with: "basic  ")))
        }
    }

    @Test(.enabled(if: geteuid() == 0)) func `another user is refused, even with the password`() async throws {
        try await TunnelStage.with { stage in
            let script = """
                import os, socket, sys
                os.setuid(65534)
                connection = socket.socket()
                connection.connect(("127.0.0.1", int(sys.argv[1])))
                connection.sendall(sys.argv[2].encode())
                print(connection.recv(65536).decode())
                """
            for request in [stage.connect("api.tradestation.com:443"), "GET /KEY/v3/x HTTP/1.1\r\nHost: h\r\n\r\n"] {
                let (status, answer) = try await ForeignCommand.run(
                    "python3",
                    ["-c", script, "\(stage.listener.port)", request]
                )
                #expect(status == 0, "\(answer)")
                #expect(answer.hasPrefix("HTTP/1.1 403 Forbidden"))
                #expect(answer.contains("X-TSAccounts: other_user"))
            }
        }
    }

    // MARK: Tunnels whose TLS ends here

    @Test func `requests to TradeStation's hosts are answered by the responder`() async throws {
        try await TunnelStage.with { stage in
            for host in TunnelStage.hosts {
                let answer = try await stage.send("https://\(host)/v3/x?y=1", method: .POST, body: "{}")
                #expect(answer.status == 200)
                #expect(answer.text == "tunnelled POST \(host) /v3/x?y=1 {} 0")
            }
        }
    }

    @Test(arguments: [
        "sim-api.tradestation.com", "api.tradestation.com:8443", "api.tradestation.com.example.com", "127.0.0.1",
    ])
    func `a Host that differs from the target of the tunnel is refused`(host: String) async throws {
        try await TunnelStage.with { stage in
            let answer = try await stage.send("https://api.tradestation.com/v3/x", host: host)
            #expect(answer.status == 421)
            #expect(answer.code == "misdirected")
        }
    }

    @Test(arguments: ["api.tradestation.com:443", "API.TradeStation.com", "api.tradestation.com."])
    func `a Host that is written otherwise is the same host`(host: String) async throws {
        try await TunnelStage.with { stage in
            let answer = try await stage.send("https://api.tradestation.com/v3/x", host: host)
            #expect(answer.text == "tunnelled GET api.tradestation.com /v3/x  0")
        }
    }

    @Test(arguments: ["api.tradestation.com:80", "signin.tradestation.com:8443", "SIM-API.tradestation.com.:22"])
    func `other ports of TradeStation's hosts are refused`(target: String) async throws {
        try await TunnelStage.with { stage in
            let answer = try await stage.client.ask(stage.connect(target))
            #expect(answer.hasPrefix("HTTP/1.1 403 Forbidden\r\n"))
            #expect(answer.contains("X-TSAccounts: other_port\r\n"))
        }
    }

    // MARK: Requests with a whole URL

    @Test func `a whole URL of TradeStation is answered like a request in a tunnel`() async throws {
        try await TunnelStage.with { stage in
            let answer = try await stage.client.ask(
                """
                POST https://signin.tradestation.com/oauth/token HTTP/1.1\r\nHost: signin.tradestation.com\r\n\
                Proxy-Authorization: \(stage.authorization())\r\nProxy-Connection: keep-alive\r\n\
                Connection: close\r\nContent-Length: 3\r\n\r\na=b
                """
            )
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(answer.hasSuffix("\r\n\r\ntunnelled POST signin.tradestation.com /oauth/token a=b 0"))
        }
    }

    @Test(arguments: [
        ("http://api.tradestation.com/v3/x", "api.tradestation.com", "403 Forbidden", "unencrypted"),
        ("https://api.tradestation.com:8443/v3/x", "api.tradestation.com:8443", "403 Forbidden", "other_port"),
        ("https://example.com/", "example.com", "403 Forbidden", "not_proxied"),
        ("http://127.0.0.1/", "127.0.0.1", "403 Forbidden", "not_proxied"),
        ("https://api.tradestation.com/v3/x", "sim-api.tradestation.com", "421 Misdirected Request", "misdirected"),
        ("ftp://api.tradestation.com/", "api.tradestation.com", "400 Bad Request", "bad_request"),
    ])
    func `other whole URLs are refused`(url: String, host: String, status: String, code: String) async throws {
        try await TunnelStage.with { stage in
            let answer = try await stage.client.ask(
                """
                GET \(url) HTTP/1.1\r\nHost: \(host)\r\nProxy-Authorization: \(stage.authorization())\r\n\
                Connection: close\r\n\r\n
                """
            )
            #expect(answer.hasPrefix("HTTP/1.1 \(status)\r\n"))
            #expect(answer.contains("X-TSAccounts: \(code)\r\n"))
        }
    }

    @Test func `a whole URL without the password is answered 407`() async throws {
        try await TunnelStage.with { stage in
            let answer = try await stage.client.ask(
                "GET https://api.tradestation.com/ HTTP/1.1\r\nHost: api.tradestation.com\r\nConnection: close\r\n\r\n"
            )
            #expect(answer.hasPrefix("HTTP/1.1 407 "))
        }
    }

    @Test func `a path goes to the listener's own URLs`() async throws {
        try await TunnelStage.with { stage in
            let answer = try await stage.client.ask("GET /KEY/v3/x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
            #expect(answer.hasSuffix("direct GET h /KEY/v3/x  0"))
        }
    }

    @Test(arguments: [
        "CONNECT api.tradestation.com HTTP/1.1\r\n\r\n", "CONNECT /v3 HTTP/1.1\r\n\r\n",
        "CONNECT a:0 HTTP/1.1\r\n\r\n", "CONNECT a:65536 HTTP/1.1\r\n\r\n", "CONNECT a:443 HTTP/2.0\r\n\r\n",
        "CONNECT user@api.tradestation.com:443 HTTP/1.1\r\n\r\n", "CONNECT a b:443 HTTP/1.1\r\n\r\n",
        "CONNECT a:443 HTTP/1.1\r\nContent-Length: 5\r\n\r\nabcde",
        "CONNECT a:443 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "CONNECT a:443 HTTP/1.1\r\nno colon\r\n\r\n", "CONNECT a:443 HTTP/1.1\r\nA: b\nHost: c\r\n\r\n",
        "CONNECT a:443 HTTP/1.1\r\nProxy-Authorization: a\r\nProxy-Authorization: b\r\n\r\n",
    ])
    func `a CONNECT request that can be read in two ways, or not at all, is refused`(request: String) async throws {
        try await TunnelStage.with { stage in
            let answer = try await stage.client.ask(request + stage.connect("api.tradestation.com:443"))
            #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
            #expect(!answer.contains("200 Connection established"))
        }
    }

    @Test func `a CONNECT request that never ends is refused at 16 kilobytes`() async throws {
        try await TunnelStage.with { stage in
            let answer = try await stage.client.ask(
                "CONNECT a:443 HTTP/1.1\r\n" + String(repeating: "X: y\r\n", count: 4_000)
            )
            #expect(answer.hasPrefix("HTTP/1.1 400 "))
        }
    }

    @Test func `the target of a CONNECT request can be written in several ways`() throws {
        #expect(Authority("API.tradestation.COM.:443") == Authority("api.tradestation.com:443"))
        #expect(Authority("[::1]:8443")?.host == "::1")
        #expect(Authority("::1:443") == nil)
        #expect(Authority("a:b") == nil)
        #expect(Authority("a:") == nil)
        #expect(Authority(".") == nil)
        #expect(Authority("a\r\nb") == nil)
        let plan = TunnelPlan(hosts: TunnelStage.hosts)
        #expect(
            plan.step(to: try #require(Authority("www.tradestation.com:443")))
                == .pass(host: "www.tradestation.com", port: 443)
        )
        #expect(
            plan.step(to: try #require(Authority("Api.TradeStation.com:443")))
                == .terminate(host: "api.tradestation.com")
        )
    }
}
