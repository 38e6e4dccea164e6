import Foundation
import Testing
import TradeStationEmulator

/// The authorization endpoint and the sign-in form.
///
/// The tests are serialized because they share the processor and this process's descriptors, and their requests have time
/// limits in real time.
@Suite(.serialized) struct SignInTests {
    @Test func `a sign-in redirects with a code and the unchanged state`() async throws {
        try await Visitor.with { emulator, visitor in
            let page = try await visitor.open()
            #expect(page.status == 200)
            #expect(page.headers["content-type"] == "text/html; charset=utf-8")
            #expect(page.body.contains("<form method=\"post\" action=\"/authorize\">"))
            let reply = try await visitor.submit(page, ["username": "alice", "password": "alice-password"])
            #expect(reply.status == 302)
            #expect(reply.headers["location"]?.hasPrefix("http://localhost:3000/?code=") == true)
            #expect(reply.redirectQuery["state"] == "a state & more")
            #expect(reply.headers["set-cookie"]?.hasSuffix("; Path=/; HttpOnly; SameSite=Lax") == true)
            #expect(emulator.counts.authorizeRequests == 1)
        }
    }

    @Test func `a wrong password shows the form again and grants nothing`() async throws {
        try await Visitor.with { _, visitor in
            let page = try await visitor.open()
            let again = try await visitor.submit(page, ["username": "alice", "password": "bob-password"])
            #expect(again.status == 401)
            #expect(again.body.contains("Wrong username or password."))
            #expect(again.body.contains("value=\"alice\""))
            #expect(again.headers["set-cookie"] == nil)
            let reply = try await visitor.submit(again, ["username": "alice", "password": "alice-password"])
            #expect(reply.redirectQuery["code"] != nil)
        }
    }

    @Test func `declining redirects with access_denied`() async throws {
        try await Visitor.with { _, visitor in
            let page = try await visitor.open()
            let reply = try await visitor.submit(page, ["action": "decline"])
            #expect(reply.status == 302)
            #expect(reply.redirectQuery["error"] == "access_denied")
            #expect(reply.redirectQuery["error_description"] == "User did not authorize the request")
            #expect(reply.redirectQuery["state"] == "a state & more")
            #expect(reply.redirectQuery["code"] == nil)
        }
    }

    @Test func `a sign-in page works once`() async throws {
        try await Visitor.with { _, visitor in
            let page = try await visitor.open()
            _ = try await visitor.submit(page, ["username": "alice", "password": "alice-password"])
            let again = try await visitor.submit(page, ["username": "bob", "password": "bob-password"])
            #expect(again.status == 400)
            #expect(again.headers["location"] == nil)
            #expect(again.body.contains("no longer valid"))
        }
    }

    @Test func `a browser that is signed in skips the page and keeps its user`() async throws {
        try await Visitor.with { _, visitor in
            _ = try await visitor.signIn(as: "alice")
            let reply = try await visitor.open()
            #expect(reply.status == 302)
            let tokens = try await visitor.exchange(reply.redirectQuery["code"])
            let claims = try Reply.claims(of: tokens.member("access_token"))
            #expect(claims["http://tradestation.com/username"] as? String == "alice")
        }
    }

    @Test func `prompt=login shows the page even if the browser is signed in`() async throws {
        try await Visitor.with { _, visitor in
            _ = try await visitor.signIn(as: "alice")
            let reply = try await visitor.signIn(as: "bob", ["prompt": "login"])
            let tokens = try await visitor.exchange(reply.redirectQuery["code"])
            let claims = try Reply.claims(of: tokens.member("access_token"))
            #expect(claims["sub"] as? String == "auth0|emulated-bob")
        }
    }

    @Test func `prompt=none without a signed-in browser redirects with login_required`() async throws {
        try await Visitor.with { _, visitor in
            let reply = try await visitor.open(["prompt": "none"])
            #expect(reply.status == 302)
            #expect(reply.redirectQuery["error"] == "login_required")
        }
    }

    @Test func `pages escape user input and parameters`() async throws {
        try await Visitor.with { _, visitor in
            let attack = "\"><script>alert('x')</script>&"
            let escaped = "&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;"
            let page = try await visitor.open(["login_hint": attack])
            #expect(page.body.contains("value=\"\(escaped)\""))
            let again = try await visitor.submit(page, ["username": attack, "password": "x"])
            #expect(again.body.contains("value=\"\(escaped)\""))
            let error = try await visitor.open(["client_id": attack])
            #expect(error.status == 403)
            #expect(error.body.contains("Unknown client: \(escaped)"))
            for reply in [page, again, error] { #expect(!reply.body.contains("<script")) }
        }
    }

    @Test(arguments: [
        "http://localhost:3000/", "http://localhost:3000/callback", "http://127.0.0.1:3000", "http://localhost:3002",
        "https://localhost:3000", "http://LOCALHOST:3000", "http://localhost:3000?x=1",
    ])
    func `a redirect URI that is not registered gets an error page and no redirect`(uri: String) async throws {
        try await Visitor.with { _, visitor in
            let reply = try await visitor.open(["redirect_uri": uri])
            #expect(reply.status == 403)
            #expect(reply.headers["location"] == nil)
            #expect(reply.body.contains("Callback URL mismatch."))
        }
    }

    @Test(arguments: EmulatorConfiguration.defaultRedirectURIs + ["http://localhost:4567/cb?keep=1"])
    func `every registered redirect URI is accepted`(uri: String) async throws {
        let configuration = EmulatorConfiguration(additionalRedirectURIs: ["http://localhost:4567/cb?keep=1"])
        try await Visitor.with(configuration) { _, visitor in
            let reply = try await visitor.signIn(["redirect_uri": uri])
            let separator = uri.contains("?") ? "&" : "/?"
            #expect(reply.headers["location"]?.hasPrefix(uri + separator + "code=") == true)
        }
    }

    @Test func `an unknown client and missing parameters get an error page`() async throws {
        try await Visitor.with { _, visitor in
            for changes: [String: String?] in [["client_id": "nobody"], ["client_id": nil], ["redirect_uri": nil]] {
                let reply = try await visitor.open(changes)
                #expect(reply.status == 403)
                #expect(reply.headers["location"] == nil)
            }
        }
    }

    @Test(arguments: [
        (["response_type": "token"], "unsupported_response_type", "Unsupported response type: token"),
        (["response_type": ""], "invalid_request", "Missing required parameter: response_type"),
        (["scope": ""], "invalid_request", "Missing required parameter: scope"),
        (["audience": ""], "invalid_request", "Missing required parameter: audience"),
        (["audience": "https://other.example"], "access_denied", "Service not found: https://other.example"),
        (
            ["code_challenge": String(repeating: "a", count: 43), "code_challenge_method": "plain"],
            "invalid_request", "code_challenge_method must be S256"
        ),
        (
            ["code_challenge": "short", "code_challenge_method": "S256"],
            "invalid_request", "code_challenge must be 43 characters of base64url"
        ),
    ])
    func `other errors redirect to the client`(
        changes: [String: String],
        error: String,
        description: String
    ) async throws {
        try await Visitor.with { _, visitor in
            let reply = try await visitor.open(changes)
            #expect(reply.status == 302)
            #expect(reply.redirectQuery["error"] == error)
            #expect(reply.redirectQuery["error_description"] == description)
            #expect(reply.redirectQuery["state"] == "a state & more")
        }
    }

    @Test func `a repeated parameter is refused`() async throws {
        try await Visitor.with { _, visitor in
            let reply = try await visitor.get(visitor.authorizeURL() + "&scope=openid")
            #expect(reply.redirectQuery["error_description"] == "Repeated parameter: scope")
            let page = try await visitor.get(visitor.authorizeURL() + "&redirect_uri=http%3A%2F%2Flocalhost")
            #expect(page.status == 403)
        }
    }
}
