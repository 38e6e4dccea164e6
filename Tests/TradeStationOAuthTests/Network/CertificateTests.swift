import Foundation
import NIOSSL
import Testing
import TradeStationModel

@testable import TradeStationOAuth

/// Which certificates are trusted, and what a refusal says.
@Suite(.enabled(if: TestAuthority.isPossible, "needs the openssl command")) struct CertificateTests {
    /// A resolver that knows only the name in the certificates.
    private static let resolver = NameResolver { $0 == "auth.corp.test" ? .addresses(["127.0.0.1"]) : .unknownName }

    /// Sends a request to a server with a certificate; returns its status, or why there is none.
    private func outcome(
        certificate: String,
        _ network: NetworkSettings,
        host: String = "auth.corp.test"
    ) async throws -> Result<Int, TransportFailure> {
        try await ScriptedServer.run(tls: TestAuthority.server(certificate)) { connection in
            try await connection.readRequest()
            try await connection.reply("200 OK", body: "{}")
        } while: { server in
            let transport = HTTPTransport(
                configuration: TransportConfiguration(
                    connectMilliseconds: 60_000,
                    replyMilliseconds: 60_000,
                    network: network
                ),
                resolver: Self.resolver
            )
            let request = HTTPExchangeRequest(method: "POST", url: "https://\(host):\(server.port)/", body: [1])
            return await transport.outcome(ofLast: request).map(\.status)
        }
    }

    private func failure(certificate: String, _ network: NetworkSettings) async throws -> TransportFailure {
        guard case .failure(let failure) = try await outcome(certificate: certificate, network) else {
            throw Expected.failure
        }
        return failure
    }

    private enum Expected: Error { case failure }

    @Test func `the authorities of SSL_CERT_FILE and SSL_CERT_DIR are trusted`() async throws {
        let authority = try TestAuthority.shared.get()
        for environment in [
            ["SSL_CERT_FILE": authority.certificate], ["SSL_CERT_DIR": authority.certificateDirectory],
            ["SSL_CERT_DIR": "/nonexistent:\(authority.certificateDirectory)"],
            ["SSL_CERT_FILE": authority.certificate, "SSL_CERT_DIR": "/nonexistent"],
        ] {
            let network = NetworkSettings(environment: environment)
            for host in ["auth.corp.test", "127.0.0.1"] {
                #expect(try await outcome(certificate: "valid", network, host: host).get() == 200)
            }
        }
    }

    @Test func `an unknown authority, another host and a wrong date are told apart`() async throws {
        let unknown = try await failure(certificate: "valid", NetworkSettings())
        #expect(unknown.reason == .unknownAuthority)
        #expect(
            unknown.explanation
                == "The certificate of auth.corp.test is signed by an authority that is not trusted here."
        )
        #expect(unknown.suggestion?.contains("SSL_CERT_FILE") == true)
        let trusting = NetworkSettings(certificateFile: try TestAuthority.shared.get().certificate)
        let elsewhere = try await failure(certificate: "elsewhere", trusting)
        #expect(elsewhere.reason == .wrongHost)
        #expect(elsewhere.explanation.contains("another host than auth.corp.test"))
        for certificate in ["expired", "early"] {
            let outOfDate = try await failure(certificate: certificate, trusting)
            #expect(outOfDate.reason == .certificateOutOfDate)
            #expect(outOfDate.explanation.contains("by the clock of this machine"))
        }
        for failure in [unknown, elsewhere] { #expect(failure.stage == .notSent) }
    }

    @Test(arguments: ["SSL_CERT_FILE", "SSL_CERT_DIR"])
    func `a setting that leads to no certificate is named`(_ variable: String) async throws {
        let network = NetworkSettings(environment: [variable: "/nonexistent"])
        let failure = try await failure(certificate: "valid", network)
        #expect(failure.reason == .unreadableAuthorities(variable))
        #expect(failure.stage == .notSent)
        #expect(failure.explanation.hasPrefix(variable))
    }
}
