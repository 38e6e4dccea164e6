import Foundation
import Testing
import TradeStationModel
import TradeStationOAuth

/// The tests are serialized because they share the processor, and each exchange has a time limit in real time.
@Suite(.serialized) struct RevocationEndpointTests {
    /// Revokes against a server that sends this answer; returns the error and the requests that the server received.
    private func revoke(
        status: String,
        body: String = "",
        authentication: ClientAuthentication = .post
    ) async throws -> (error: AccountsError?, requests: [String]) {
        try await ScriptedServer.run { connection in
            try await connection.readRequest()
            if !status.isEmpty { try await connection.reply(status, body: body) }
        } while: { server in
            let transport = HTTPTransport()
            let credentials = try ClientCredentials.sample(port: server.port, authentication: authentication)
            var raised: AccountsError?
            do throws(AccountsError) {
                try await RevocationEndpoint(transport: transport).revoke(Secret("ref/1"), for: credentials)
            } catch {
                raised = error
            }
            await transport.shutdown()
            return (raised, server.requests)
        }
    }

    @Test func `revoking posts the form of RFC 7009`() async throws {
        let (error, requests) = try await revoke(status: "200 OK")
        #expect(error == nil)
        #expect(requests.first?.hasPrefix("POST /oauth/revoke HTTP/1.1\r\n") == true)
        #expect(
            requests.first?.components(separatedBy: "\r\n\r\n").last
                == "token=ref%2F1&token_type_hint=refresh_token&client_id=client-1&client_secret=s3cret"
        )
    }

    @Test func `basic authentication stays out of the body`() async throws {
        let (error, requests) = try await revoke(status: "204 No Content", authentication: .basic)
        #expect(error == nil)
        #expect(
            requests.first?.components(separatedBy: "\r\n\r\n").last == "token=ref%2F1&token_type_hint=refresh_token"
        )
    }

    @Test(arguments: [
        ("401 Unauthorized", #"{"error":"invalid_client"}"#, "client_rejected"),
        ("401 Unauthorized", #"{"error":"access_denied"}"#, "client_rejected"),
        ("400 Bad Request", #"{"error":"invalid_request","error_description":"ref/1"}"#, "client_rejected"),
        ("400 Bad Request", #"{"error":"unsupported_token_type"}"#, "server_error"),
        ("403 Forbidden", #"{"error":"invalid_grant"}"#, "server_error"),
        ("429 Too Many Requests", "", "rate_limited"),
        ("503 Service Unavailable", "<html>", "server_error"),
        ("307 Temporary Redirect", "", "server_error"),
        ("", "", "server_unreachable"),
    ])
    func `a failed revocation has its error code and never shows the token`(
        _ status: String,
        _ body: String,
        _ code: String
    ) async throws {
        let (error, requests) = try await revoke(status: status, body: body)
        #expect(error?.code.rawValue == code)
        #expect(error?.suggestion?.isEmpty == false)
        #expect(error?.description.contains("ref/1") == false)
        #expect(requests.count == 1)
    }

    @Test func `without a revocation URL nothing is sent`() async throws {
        var credentials = try ClientCredentials.sample(port: 1)
        credentials.registration.revokeURL = nil
        let transport = HTTPTransport()
        await #expect {
            try await RevocationEndpoint(transport: transport).revoke(Secret("ref"), for: credentials)
        } throws: { ($0 as? AccountsError)?.code == .usage }
        await transport.shutdown()
    }
}
