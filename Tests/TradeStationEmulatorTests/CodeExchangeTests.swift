import Crypto
import Foundation
import Testing
import TradeStationEmulator

/// The token endpoint with `grant_type=authorization_code`.
///
/// The tests are serialized because they share the processor and this process's descriptors, and their requests have time
/// limits in real time.
@Suite(.serialized) struct CodeExchangeTests {
    static let verifier = String(repeating: "verifier-", count: 5)
    static let challenge = Data(SHA256.hash(data: Data(verifier.utf8))).base64EncodedString()
        .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    static let pkce: [String: String?] = ["code_challenge": challenge, "code_challenge_method": "S256"]

    private func expectRefusal(_ reply: Reply, _ status: Int, _ error: String, _ description: String) throws {
        #expect(reply.status == status)
        #expect(try reply.member("error") == error)
        #expect(try reply.member("error_description") == description)
        #expect(reply.headers["content-type"] == "application/json")
    }

    @Test func `a code is exchanged for tokens with TradeStation's format and claims`() async throws {
        try await Visitor.with { emulator, visitor in
            let tokens = try await visitor.tokens(as: "alice", ["nonce": "n-1"])
            #expect(tokens.status == 200)
            #expect(tokens.headers["cache-control"] == "no-store")
            #expect(tokens.headers["pragma"] == "no-cache")
            let names = ["access_token", "expires_in", "id_token", "refresh_token", "scope", "token_type"]
            #expect(try tokens.object().keys.sorted() == names)
            #expect(try tokens.object()["expires_in"] as? Int == 1200)
            #expect(try tokens.member("token_type") == "Bearer")
            #expect(try tokens.member("scope") == Visitor.allScopes)

            let access = try Reply.claims(of: tokens.member("access_token"))
            #expect(access["iss"] as? String == "https://signin.tradestation.com/")
            #expect(access["sub"] as? String == "auth0|emulated-alice")
            #expect(
                access["aud"] as? [String]
                    == ["https://api.tradestation.com", "https://signin.tradestation.com/userinfo"]
            )
            #expect(access["azp"] as? String == visitor.addresses.clientID)
            #expect(access["scope"] as? String == Visitor.allScopes)
            #expect(access["iat"] as? Int == 1_900_000_000)
            #expect(access["exp"] as? Int == 1_900_001_200)
            #expect(access["http://tradestation.com/username"] as? String == "alice")

            let identity = try Reply.claims(of: tokens.member("id_token"))
            #expect(identity["aud"] as? String == visitor.addresses.clientID)
            #expect(identity["nonce"] as? String == "n-1")
            #expect(identity["email"] as? String == "alice@example.com")
            #expect(identity["nickname"] as? String == "alice")
            #expect(emulator.counts.exchanges == 1)
            #expect(emulator.counts.codeExchanges == 1)
        }
    }

    @Test func `scopes determine refresh token, ID token and claims, and unknown scopes are ignored`() async throws {
        try await Visitor.with { _, visitor in
            let bare = try await visitor.tokens(as: "alice", ["scope": "ReadAccount OptionsSpreads"])
            #expect(try bare.member("scope") == "ReadAccount")
            #expect(try bare.object().keys.sorted() == ["access_token", "expires_in", "scope", "token_type"])
            let openid = try await visitor.tokens(as: "alice", ["scope": "openid"])
            let claims = try Reply.claims(of: openid.member("id_token"))
            #expect(claims.keys.sorted() == ["at_hash", "aud", "exp", "iat", "iss", "sub"])
        }
    }

    @Test func `a second use of a code is refused and revokes the tokens of the first`() async throws {
        try await Visitor.with { emulator, visitor in
            let code = try await visitor.signIn().redirectQuery["code"]
            let tokens = try await visitor.exchange(code)
            try expectRefusal(
                try await visitor.exchange(code),
                403,
                "invalid_grant",
                "Invalid authorization code"
            )
            #expect(try await visitor.refresh(tokens.member("refresh_token")).status == 403)
            let accounts = visitor.addresses.liveURL + "/v3/brokerage/accounts"
            #expect(try await visitor.get(accounts, bearer: tokens.member("access_token")).status == 401)
            #expect(emulator.counts.loginsLost == 1)
            #expect(emulator.counts.refused == 2)
        }
    }

    @Test func `a code is valid only for its client, its redirect URI and ten minutes`() async throws {
        try await Visitor.with { emulator, visitor in
            let description = "Invalid authorization code"
            var code = try await visitor.signIn().redirectQuery["code"]
            let stranger = try await visitor.exchange(
                code,
                ["client_id": visitor.addresses.publicClientID, "client_secret": nil]
            )
            try expectRefusal(stranger, 403, "invalid_grant", description)
            let elsewhere = try await visitor.exchange(code, ["redirect_uri": "http://localhost:3001"])
            try expectRefusal(elsewhere, 403, "invalid_grant", description)
            code = try await visitor.open().redirectQuery["code"]
            emulator.advance(bySeconds: 599)
            #expect(try await visitor.exchange(code).status == 200)
            code = try await visitor.open().redirectQuery["code"]
            emulator.advance(bySeconds: 600)
            try expectRefusal(try await visitor.exchange(code), 403, "invalid_grant", description)
            try expectRefusal(try await visitor.exchange("made up"), 403, "invalid_grant", description)
        }
    }

    @Test func `PKCE is verified for both kinds of client, and a wrong verifier uses up the code`() async throws {
        try await Visitor.with { _, visitor in
            let failed = "Failed to verify code verifier"
            for verifier in [nil, "short", String(repeating: "wrong-one", count: 5)] {
                let code = try await visitor.freshCode(Self.pkce)
                let reply = try await visitor.exchange(code, ["code_verifier": verifier])
                try expectRefusal(reply, 403, "invalid_grant", failed)
                let second = try await visitor.exchange(code, ["code_verifier": Self.verifier])
                try expectRefusal(second, 403, "invalid_grant", "Invalid authorization code")
            }
            let confidential = try await visitor.freshCode(Self.pkce)
            #expect(try await visitor.exchange(confidential, ["code_verifier": Self.verifier]).status == 200)

            let publicClient: [String: String?] = ["client_id": visitor.addresses.publicClientID]
            let code = try await visitor.freshCode(Self.pkce.merging(publicClient) { $1 })
            let tokens = try await visitor.exchange(
                code,
                publicClient.merging(["client_secret": nil, "code_verifier": Self.verifier]) { $1 }
            )
            #expect(tokens.status == 200)
            let refreshed = try await visitor.refresh(
                tokens.member("refresh_token"),
                publicClient.merging(["client_secret": nil]) { $1 }
            )
            #expect(refreshed.status == 200)
        }
    }

    @Test func `the public client needs PKCE, and a verifier without a challenge is refused`()
        async throws
    {
        try await Visitor.with { _, visitor in
            let reply = try await visitor.open(["client_id": visitor.addresses.publicClientID])
            #expect(reply.redirectQuery["error"] == "invalid_request")
            #expect(reply.redirectQuery["error_description"] == "Missing required parameter: code_challenge")
            let code = try await visitor.freshCode([:])
            let exchanged = try await visitor.exchange(code, ["code_verifier": Self.verifier])
            try expectRefusal(exchanged, 403, "invalid_grant", "Failed to verify code verifier")
        }
    }

    @Test func `wrong client credentials are access_denied with 401`() async throws {
        try await Visitor.with { emulator, visitor in
            let token = try await visitor.refreshToken()
            for changes: [String: String?] in [
                ["client_secret": "wrong"], ["client_secret": nil], ["client_id": "nobody"],
            ] {
                try expectRefusal(try await visitor.refresh(token, changes), 401, "access_denied", "Unauthorized")
            }
            #expect(emulator.counts.refused == 3)
            #expect(try await visitor.refresh(token).status == 200)
        }
    }

    @Test func `HTTP Basic is accepted if it is enabled`() async throws {
        try await Visitor.with { emulator, visitor in
            let token = try await visitor.refreshToken()
            let pair = "\(visitor.addresses.clientID):\(visitor.addresses.clientSecret)"
            let header = ["authorization": "Basic " + Data(pair.utf8).base64EncodedString()]
            let fields: [String: String?] = ["grant_type": "refresh_token", "refresh_token": token]
            let url = visitor.addresses.tokenURL
            #expect(try await visitor.postForm(url, fields, headers: header).status == 200)
            let twice = try await visitor.postForm(url, fields.merging(["client_secret": "x"]) { $1 }, headers: header)
            #expect(twice.status == 400)
            let broken = try await visitor.postForm(url, fields, headers: ["authorization": "Basic %%%"])
            #expect(broken.status == 400)
            let wrongPair = Data("\(visitor.addresses.clientID):wrong".utf8).base64EncodedString()
            for url in [visitor.addresses.tokenURL, visitor.addresses.revokeURL] {
                let form = fields.merging(["token": token]) { $1 }
                let refused = try await visitor.postForm(url, form, headers: ["authorization": "Basic " + wrongPair])
                #expect(refused.status == 401)
                #expect(refused.headers["www-authenticate"] == "Basic realm=\"emulator\"")
            }
            let inBody = try await visitor.refresh(token, ["client_secret": "wrong"])
            #expect(inBody.status == 401)
            #expect(inBody.headers["www-authenticate"] == nil)
            emulator.changeSettings { $0.acceptsBasic = false }
            let ignored = try await visitor.postForm(url, fields, headers: header)
            try expectRefusal(ignored, 400, "invalid_request", "Missing required parameter: client_id")
        }
    }

    @Test(arguments: ["grant_type", "client_id", "code", "redirect_uri"])
    func `the error names a missing parameter`(name: String) async throws {
        try await Visitor.with { emulator, visitor in
            let reply = try await visitor.exchange("c", [name: nil])
            try expectRefusal(reply, 400, "invalid_request", "Missing required parameter: \(name)")
            #expect(emulator.counts.exchanges == (name == "grant_type" ? 0 : 1))
        }
    }

    @Test func `other grant types are refused`() async throws {
        try await Visitor.with { _, visitor in
            let known = try await visitor.exchange("c", ["grant_type": "password"])
            try expectRefusal(
                known,
                403,
                "unauthorized_client",
                "Grant type 'password' not allowed for the client."
            )
            let unknown = try await visitor.exchange("c", ["grant_type": "magic"])
            try expectRefusal(unknown, 403, "unsupported_grant_type", "Unsupported grant type: magic")
        }
    }
}

extension Visitor {
    /// Returns a code from a browser that was not signed in.
    fileprivate mutating func freshCode(_ changes: [String: String?]) async throws -> String? {
        cookie = nil
        return try await signIn(changes).redirectQuery["code"]
    }
}
