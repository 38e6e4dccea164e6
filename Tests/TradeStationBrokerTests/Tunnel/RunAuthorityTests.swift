import Foundation
import NIOSSL
import Testing
import TradeStationModel
import TradeStationTesting

@testable import TradeStationBroker

@Suite(.timeLimit(.minutes(5))) struct RunAuthorityTests {
    /// Writes the certificate of the authority to a file for the duration of `body`.
    private static func withFile<Result>(
        _ authority: RunAuthority,
        _ body: (String) async throws -> Result
    ) async throws -> Result {
        let path = FileManager.default.temporaryDirectory.path + "/tsa-\(UUID().uuidString).pem"
        try authority.certificatePEM.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await body(path)
    }

    @Test(arguments: TunnelStage.hosts)
    func `OpenSSL accepts the certificate of a host by its strict rules`(host: String) async throws {
        try await TunnelStage.with { stage in
            try await Self.withFile(stage.authority) { file in
                let (status, output) = try await ForeignCommand.run(
                    "openssl",
                    [
                        "s_client", "-proxy", "127.0.0.1:\(stage.listener.port)", "-proxy_user", ProxyPassword.user,
                        "-proxy_pass", "pass:\(stage.password.secret.exposed)", "-connect", "\(host):443",
                        "-CAfile", file, "-no-CApath", "-no-CAstore", "-x509_strict", "-verify_return_error",
                        "-verify_hostname", host, "-alpn", "http/1.1", "-ign_eof",
                    ],
                    input: "GET / HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n"
                )
                #expect(status == 0, "\(output)")
                #expect(output.contains("Verification: OK"))
                #expect(output.contains("ALPN protocol: http/1.1"))
                #expect(output.contains("tunnelled GET \(host) /"))
            }
        }
    }

    @Test func `Python accepts the certificate by the strict rules that are its default since 3.13`() async throws {
        try await TunnelStage.with { stage in
            try await Self.withFile(stage.authority) { file in
                let script = """
                    import http.client, ssl, sys
                    port, file, authorization = int(sys.argv[1]), sys.argv[2], sys.argv[3]
                    context = ssl.create_default_context(cafile=file)
                    context.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
                    connection = http.client.HTTPSConnection("127.0.0.1", port, context=context)
                    connection.set_tunnel("api.tradestation.com", 443, {"Proxy-Authorization": authorization})
                    connection.request("GET", "/v3/x")
                    print(connection.getresponse().read().decode())
                    """
                let (status, output) = try await ForeignCommand.run(
                    "python3",
                    ["-c", script, "\(stage.listener.port)", file, stage.authorization()]
                )
                #expect(status == 0, "\(output)")
                #expect(output.contains("tunnelled GET api.tradestation.com /v3/x"))
            }
        }
    }

    @Test func `the authority is limited to TradeStation's names and those of the profile`() async throws {
        let authority = try RunAuthority(hosts: TunnelStage.hosts + ["mock.corp.test"], clock: SystemClock())
        let (status, text) = try await ForeignCommand.run(
            "openssl",
            ["x509", "-noout", "-text"],
            input: authority.certificatePEM
        )
        #expect(status == 0)
        let lines = text.split(separator: "\n").map { $0.drop { $0 == " " } }
        let start = try #require(lines.firstIndex(of: "X509v3 Name Constraints: critical"))
        #expect(lines[(start + 1)...].prefix(3) == ["Permitted:", "DNS:tradestation.com", "DNS:mock.corp.test"])
        #expect(text.contains("CA:TRUE, pathlen:0"))
        #expect(text.contains("X509v3 Subject Key Identifier"))
        #expect(text.contains("Certificate Sign"))
    }

    @Test func `two runs have different authorities`() throws {
        let clock = SystemClock()
        let (first, second) = (
            try RunAuthority(hosts: ["a"], clock: clock), try RunAuthority(hosts: ["a"], clock: clock)
        )
        #expect(first.certificatePEM != second.certificatePEM)
    }

    @Test func `a certificate is replaced after half of its life`() throws {
        let clock = TestClock()
        let authority = try RunAuthority(hosts: TunnelStage.hosts, clock: clock)
        let first = try authority.context()
        #expect(try authority.context() === first)
        clock.advance(by: .seconds(86_399))
        #expect(try authority.context() === first)
        clock.advance(by: .seconds(1))
        #expect(try authority.context() !== first)
    }
}
