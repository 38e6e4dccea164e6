import Crypto
import Foundation
import Testing
import TradeStationModel

@testable import TradeStationOAuth

@Suite struct AuthorizationRequestTests {
    private func request(
        _ registration: ClientRegistration,
        scopes: [String] = ["openid", "offline_access", "MarketData"],
        random: RandomSource = .counting
    ) -> AuthorizationRequest {
        AuthorizationRequest(
            registration: registration,
            scopes: scopes,
            redirectURI: "http://localhost:31022",
            random: random
        )
    }

    private func items(_ request: AuthorizationRequest) -> [String: [String]] {
        let items = URLComponents(string: request.url)?.queryItems ?? []
        return Dictionary(grouping: items, by: \.name).mapValues { $0.map { $0.value ?? "" } }
    }

    @Test func `the URL contains the parameters that TradeStation documents, each once`() throws {
        let request = request(try .sample())
        #expect(request.url.hasPrefix("https://signin.example/authorize?response_type=code&client_id=client-1&"))
        #expect(request.url.contains("&redirect_uri=http%3A%2F%2Flocalhost%3A31022&"))
        #expect(request.url.contains("&scope=openid%20offline_access%20MarketData&"))
        #expect(
            items(request) == [
                "response_type": ["code"], "client_id": ["client-1"], "audience": ["https://api.tradestation.com"],
                "redirect_uri": ["http://localhost:31022"], "scope": ["openid offline_access MarketData"],
                "state": ["AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"], "prompt": ["login"],
                "code_challenge": [try challenge(of: request)], "code_challenge_method": ["S256"],
                "nonce": ["000102030405060708090a0b0c0d0e0f"],
            ]
        )
    }

    private func challenge(of request: AuthorizationRequest) throws -> String {
        let verifier = try #require(request.verifier)
        return Data(SHA256.hash(data: Data(verifier.exposed.utf8))).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    @Test func `the verifier has the length and alphabet of RFC 7636`() throws {
        let verifier = try #require(request(try .sample(), random: .system).verifier).exposed
        #expect((43...128).contains(verifier.utf8.count))
        #expect(verifier.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-._~".contains($0)) })
    }

    @Test func `two requests share no secret`() throws {
        let (one, other) = (request(try .sample(), random: .system), request(try .sample(), random: .system))
        #expect(one.state != other.state)
        #expect(one.verifier != other.verifier)
        #expect(one.nonce != other.nonce)
    }

    @Test func `PKCE and nonce can be switched off, and a nonce needs openid`() throws {
        let plain = request(try .sample(usesPKCE: false, usesNonce: false))
        #expect(plain.verifier == nil && plain.nonce == nil)
        #expect(items(plain)["code_challenge"] == nil && items(plain)["code_challenge_method"] == nil)
        #expect(items(plain)["nonce"] == nil)
        #expect(request(try .sample(), scopes: ["MarketData"]).nonce == nil)
    }

    @Test func `a public client always uses PKCE`() throws {
        #expect(request(try .sample(authentication: .none, usesPKCE: false)).verifier != nil)
    }

    @Test func `query items of the endpoint are kept, and no parameter occurs twice`() throws {
        let request = request(
            try .sample(
                authorizeURL: "https://signin.example/a?connection=x%26y&audience=https%3A%2F%2Fother&state=evil"
            )
        )
        let items = items(request)
        #expect(request.url.hasPrefix("https://signin.example/a?connection=x%26y&audience=https%3A%2F%2Fother&"))
        #expect(items["audience"] == ["https://other"])
        #expect(items["state"] == [request.state.exposed])
        #expect(items.values.allSatisfy { $0.count == 1 })
    }

    @Test func `state, verifier and nonce are not shown`() throws {
        let request = request(try .sample())
        let shown = Canary.everythingShown(by: request)
        for secret in [request.state, request.verifier, request.nonce].compactMap({ $0 }) {
            #expect(!shown.contains(secret.exposed))
        }
    }
}
