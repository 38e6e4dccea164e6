import Foundation
import Testing
import TradeStationModel
import TradeStationOAuth

@Suite struct TokenClaimsTests {
    private let now = Timestamp(milliseconds: 1_790_000_000_000)

    private func token(_ payload: String) -> Secret {
        let middle = Data(payload.utf8).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        return Secret("eyJhbGciOiJub25lIn0.\(middle).c2ln")
    }

    @Test func `the claims of an ID token are read`() throws {
        let claims = try #require(
            TokenClaims(
                token(
                    """
                    {"sub":"auth0|1","iss":"https://signin.tradestation.com/","aud":"client-1","exp":1790000900,
                    "nonce":"n","azp":"client-1","http://tradestation.com/username":"ann","nickname":"nick",
                    "preferred_username":"pref","email":"a@example.com","name":"Ann Ä","at_hash":"x","deep":{"a":[1]}}
                    """
                )
            )
        )
        #expect(claims.subject == "auth0|1")
        #expect(claims.issuer == "https://signin.tradestation.com/")
        #expect(claims.audience == ["client-1"])
        #expect(claims.expiresAt == 1_790_000_900)
        #expect(claims.nonce == Secret("n"))
        #expect(claims.authorizedParty == "client-1")
        #expect(claims.username == "ann")
        #expect(claims.nickname == "nick")
        #expect(claims.preferredUsername == "pref")
        #expect(claims.email == "a@example.com")
        #expect(claims.name == "Ann Ä")
    }

    @Test(arguments: [
        "", ".", "..", "a.b", "a.b.c.d", "a.!!!!.c", "a.bm90IGpzb24.c", "a.W10.c", "a.eyJzdWIiOiJ4Ig.c",
        "opaque-token", String(repeating: "a", count: 70_000) + ".e30.c",
    ])
    func `a token that is not a JWT has no claims`(_ text: String) {
        #expect(TokenClaims(Secret(text)) == nil)
    }

    @Test func `claims of a wrong type are treated as absent`() throws {
        let claims = try #require(
            TokenClaims(
                token(#"{"sub":17,"iss":null,"aud":{"a":1},"exp":1e300,"nonce":[],"azp":true,"email":""}"#)
            )
        )
        #expect(claims.subject == nil && claims.issuer == nil && claims.audience.isEmpty && claims.expiresAt == nil)
        #expect(claims.nonce == nil && claims.authorizedParty == nil && claims.email == nil)
        let long = String(repeating: "x", count: 513)
        #expect(TokenClaims(token(#"{"sub":"\#(long)"}"#))?.subject == nil)
    }

    @Test(
        arguments: [
            (
                #"{"sub":"id","http://tradestation.com/username":"u2"}"#,
                #"{"sub":"acc","http://tradestation.com/username":"u1"}"#, "id", "u1"
            ),
            (#"{"sub":"id","http://tradestation.com/username":"u2","nickname":"n"}"#, #"{"sub":"acc"}"#, "id", "u2"),
            (#"{"nickname":"n","preferred_username":"p","email":"e"}"#, #"{"sub":"acc"}"#, "acc", "n"),
            (#"{"preferred_username":"p","email":"e"}"#, #"{}"#, nil, "p"),
            (#"{"sub":"id","email":"e"}"#, #"{}"#, "id", "e"),
            (#"{"sub":"a\u001bb","nickname":"x\ny"}"#, #"{}"#, "a b", "x y"),
        ] as [(String, String, String?, String?)]
    )
    func `the identity is read from both tokens`(
        _ idToken: String,
        _ accessToken: String,
        _ subject: String?,
        _ username: String?
    ) {
        let identity = TokenClaims.identity(idToken: token(idToken), accessToken: token(accessToken))
        #expect(identity == Identity(subject: subject, username: username))
    }

    @Test func `opaque tokens contain no identity`() {
        #expect(TokenClaims.identity(idToken: nil, accessToken: Secret("opaque")) == Identity())
    }

    private func rejection(_ payload: String, nonce: String? = "n", issuer: String? = nil) -> String? {
        do throws(AccountsError) {
            try TokenClaims.validate(
                idToken: token(payload),
                clientID: "client-1",
                nonce: nonce.map(Secret.init),
                issuer: issuer,
                now: now
            )
            return nil
        } catch {
            #expect(error.code == .loginDenied)
            return error.reason
        }
    }

    @Test(arguments: [
        #"{"aud":"client-1","nonce":"n","exp":1790000900}"#,
        #"{"aud":["x","client-1"],"azp":"client-1","nonce":"n","exp":1790000900}"#,
        #"{"aud":"client-1","nonce":"n","exp":1789999700}"#,
        #"{"aud":"client-1","nonce":"n","exp":1790000900.5,"iss":"https://s/"}"#,
    ])
    func `an ID token that matches is accepted`(_ payload: String) {
        #expect(rejection(payload, issuer: "https://s/") == nil)
    }

    @Test(arguments: [
        (#"{"aud":"client-2","nonce":"n","exp":1790000900}"#, "(aud)"),
        (#"{"nonce":"n","exp":1790000900}"#, "(aud)"),
        (#"{"aud":["client-1","x"],"azp":"x","nonce":"n","exp":1790000900}"#, "(azp)"),
        (#"{"aud":"client-1","nonce":"m","exp":1790000900}"#, "(nonce)"),
        (#"{"aud":"client-1","exp":1790000900}"#, "(nonce)"),
        (#"{"aud":"client-1","nonce":"n"}"#, "(exp)"),
        (#"{"aud":"client-1","nonce":"n","exp":1789999699}"#, "(exp)"),
        (#"{"aud":"client-1","nonce":"n","exp":1790000900,"iss":"https://evil/"}"#, "(iss)"),
    ])
    func `an ID token that does not match is refused with the claim's name`(_ payload: String, _ claim: String) {
        #expect(rejection(payload, issuer: "https://s/")?.contains(claim) == true)
    }

    @Test func `checks without an ID token, nonce or issuer are skipped`() throws {
        try TokenClaims.validate(idToken: nil, clientID: "c", nonce: Secret("n"), issuer: "i", now: now)
        #expect(rejection(#"{"aud":"client-1","exp":1790000900,"iss":"x"}"#, nonce: nil) == nil)
        #expect(throws: AccountsError.self) {
            try TokenClaims.validate(idToken: Secret("opaque"), clientID: "c", nonce: nil, issuer: nil, now: now)
        }
    }
}
