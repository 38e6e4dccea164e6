import Foundation
import Testing
import TradeStationModel
import TradeStationOAuth

/// The requests that are sent to the token endpoint.
///
/// The tests are serialized because they share the processor, and each exchange has a time limit in real time.
@Suite(.serialized) struct TokenRequestTests {
    @Test func `a refresh posts the form that TradeStation documents`() async throws {
        let (answer, requests) = try await Exchange.refresh(
            TransportConfiguration(replyMilliseconds: 20_000, userAgent: "tsaccounts/1.2.3")
        ) { connection in
            try await connection.readRequest()
            try await connection.reply("200 OK", body: Exchange.granted)
        }
        #expect(answer.grant?.accessToken.exposed == "acc")
        #expect(answer.grant?.refreshToken?.exposed == "ref-2")
        #expect(requests.count == 1)
        let request = try #require(requests.first)
        #expect(request.hasPrefix("POST /oauth/token HTTP/1.1\r\n"))
        let head = request.lowercased()
        #expect(head.contains("content-type: application/x-www-form-urlencoded\r\n"))
        #expect(head.contains("accept: application/json\r\n"))
        #expect(head.contains("user-agent: tsaccounts/1.2.3\r\n"))
        #expect(!head.contains("authorization:"))
        #expect(
            Exchange.body(of: request)
                == "grant_type=refresh_token&refresh_token=ref-1&client_id=client-1&client_secret=s3cret"
        )
    }

    @Test func `basic authentication encodes both parts and keeps them out of the body`() async throws {
        let (_, requests) = try await Exchange.refresh(authentication: .basic, secret: "a:b c&ü") { connection in
            try await connection.readRequest()
            try await connection.reply("200 OK", body: Exchange.granted)
        }
        let expected = Data("client-1:a%3Ab+c%26%C3%BC".utf8).base64EncodedString()
        #expect(requests.first?.contains("Basic \(expected)\r\n") == true)
        #expect(Exchange.body(of: requests.first) == "grant_type=refresh_token&refresh_token=ref-1")
    }

    @Test(arguments: ClientAuthentication.allCases)
    func `without a secret the client id is sent in the body`(_ authentication: ClientAuthentication) async throws {
        let (_, requests) = try await Exchange.refresh(authentication: authentication, secret: nil) { connection in
            try await connection.readRequest()
            try await connection.reply("200 OK", body: Exchange.granted)
        }
        #expect(Exchange.body(of: requests.first) == "grant_type=refresh_token&refresh_token=ref-1&client_id=client-1")
        #expect(requests.first?.lowercased().contains("authorization") == false)
    }

    @Test func `a form value with every kind of character is transmitted unchanged`() async throws {
        let token = String(String.UnicodeScalarView((0x20...0x7E).compactMap(Unicode.Scalar.init))) + "é€😀"
        let (_, requests) = try await Exchange.refresh(refreshToken: token) { connection in
            try await connection.readRequest()
            try await connection.reply("200 OK", body: Exchange.granted)
        }
        let sent = Exchange.body(of: requests.first).split(separator: "&")[1].dropFirst("refresh_token=".count)
        #expect(sent.replacing("+", with: " ").removingPercentEncoding == token)
        #expect(sent.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "&") })
    }

    @Test func `a code exchange sends the code, the redirect URI and the verifier`() async throws {
        let requests = try await ScriptedServer.run { connection in
            try await connection.readRequest()
            try await connection.reply("200 OK", body: Exchange.granted)
        } while: { server in
            try await Exchange.withTransport { transport in
                let answer = await TokenEndpoint(transport: transport).exchange(
                    code: Secret("c/1"),
                    verifier: Secret("ver"),
                    redirectURI: "http://localhost:31022",
                    for: try .sample(port: server.port)
                )
                #expect(answer.grant != nil)
                return server.requests
            }
        }
        #expect(
            Exchange.body(of: requests.first) == "grant_type=authorization_code&code=c%2F1"
                + "&redirect_uri=http%3A%2F%2Flocalhost%3A31022&code_verifier=ver"
                + "&client_id=client-1&client_secret=s3cret"
        )
    }
}
