import Foundation
import Testing
import TradeStationEmulator

/// The revocation endpoint.
///
/// The tests are serialized because they share the processor and this process's descriptors, and their requests have time
/// limits in real time.
@Suite(.serialized) struct RevocationTests {
    @Test func `revoking one token revokes all of the key's, and access tokens remain valid`() async throws {
        try await Visitor.with { emulator, visitor in
            let alice = try await visitor.tokens(as: "alice")
            let bob = try await visitor.refreshToken(as: "bob")
            let reply = try await visitor.revoke(alice.member("refresh_token"))
            #expect(reply.status == 200)
            #expect(reply.body == "")
            #expect(try await visitor.refresh(alice.member("refresh_token")).status == 403)
            #expect(try await visitor.refresh(bob).status == 403)
            let accounts = visitor.addresses.simURL + "/v3/brokerage/accounts"
            #expect(try await visitor.get(accounts, bearer: alice.member("access_token")).status == 200)
            #expect(emulator.counts.revocations == 1)
            #expect(emulator.counts.loginsLost == 0)
            #expect(emulator.log.filter { $0.path == "/oauth/revoke" }.map(\.committed) == [true])
        }
    }

    @Test func `a revocation can be limited to the user's tokens`() async throws {
        try await Visitor.with { _, visitor in
            #expect(try await visitor.control("settings", #"{"revoke_scope":"user"}"#).status == 200)
            let alice = try await visitor.refreshToken(as: "alice")
            let bob = try await visitor.refreshToken(as: "bob")
            _ = try await visitor.revoke(alice)
            #expect(try await visitor.refresh(alice).status == 403)
            #expect(try await visitor.refresh(bob).status == 200)
        }
    }

    @Test func `a revocation can use JSON and the parameter refresh_token`() async throws {
        try await Visitor.with { _, visitor in
            let token = try await visitor.refreshToken()
            let body = """
                {"client_id":"\(visitor.addresses.clientID)","client_secret":"\(visitor.addresses.clientSecret)",\
                "refresh_token":"\(token)"}
                """
            let reply = try await visitor.send(
                "POST",
                visitor.addresses.revokeURL,
                headers: ["content-type": "application/json"],
                body: body
            )
            #expect(reply.status == 200)
            #expect(try await visitor.refresh(token).status == 403)
        }
    }

    @Test func `revoking an unknown token succeeds; a wrong secret or a missing parameter fails`() async throws {
        try await Visitor.with { _, visitor in
            let token = try await visitor.refreshToken()
            #expect(try await visitor.revoke("v1.unknown").status == 200)
            let wrong = try await visitor.revoke(token, ["client_secret": "wrong"])
            #expect(wrong.status == 401)
            #expect(try wrong.member("error") == "invalid_client")
            let nothing = try await visitor.revoke(nil)
            #expect(nothing.status == 400)
            #expect(try nothing.member("error_description") == "Missing required parameter: token")
            let array = try await visitor.send(
                "POST",
                visitor.addresses.revokeURL,
                headers: ["content-type": "application/json"],
                body: "[1]"
            )
            #expect(array.status == 400)
            #expect(try await visitor.refresh(token).status == 200)
        }
    }

    @Test func `a client cannot revoke another client's tokens`() async throws {
        try await Visitor.with { _, visitor in
            let token = try await visitor.refreshToken()
            let stranger: [String: String?] = [
                "client_id": visitor.addresses.publicClientID, "client_secret": nil,
            ]
            #expect(try await visitor.revoke(token, stranger).status == 200)
            #expect(try await visitor.refresh(token).status == 200)
        }
    }
}
