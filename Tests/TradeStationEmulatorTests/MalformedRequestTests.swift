import Foundation
import Testing
import TradeStationEmulator

/// Malformed requests: each one gets an answer or a closed connection, and the emulator continues to run.
///
/// The tests are serialized because they share the processor and this process's descriptors, and their requests have time
/// limits in real time.
@Suite(.serialized) struct MalformedRequestTests {
    @Test func `bytes that are not HTTP are answered with 400`() async throws {
        try await Visitor.with { emulator, visitor in
            let port = try #require(URL(string: emulator.addresses.tokenURL)?.port)
            for garbage in ["\u{0}\u{1}\u{2}\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n"] {
                let reply = await RawConnection(port: port).exchange(garbage)
                #expect(reply.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
            }
            #expect(try await visitor.tokens().status == 200)
        }
    }

    @Test func `a body over 64 KiB is refused and the connection closed`() async throws {
        try await Visitor.with { emulator, visitor in
            let port = try #require(URL(string: emulator.addresses.tokenURL)?.port)
            let body = String(repeating: "a", count: 64 * 1024 + 1)
            let reply = await RawConnection(port: port).exchange(
                "POST /oauth/token HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
            )
            #expect(reply.hasPrefix("HTTP/1.1 413 "))
            #expect(try await visitor.tokens().status == 200)
        }
    }

    @Test(arguments: ["grant_type=%", "grant_type=%zz", "grant_type=%ff", "a=1&a=2"])
    func `a malformed form is invalid_request`(body: String) async throws {
        try await Visitor.with { _, visitor in
            let type = ["content-type": "application/x-www-form-urlencoded; charset=utf-8"]
            for url in [visitor.addresses.tokenURL, visitor.addresses.revokeURL] {
                let reply = try await visitor.send("POST", url, headers: type, body: body)
                #expect(reply.status == 400)
                #expect(try reply.member("error") == "invalid_request")
            }
            let page = try await visitor.send("POST", visitor.addresses.authorizeURL, headers: type, body: body)
            #expect(page.status == 400)
        }
    }

    @Test func `a malformed query gets an error page`() async throws {
        try await Visitor.with { emulator, _ in
            let port = try #require(URL(string: emulator.addresses.tokenURL)?.port)
            for query in ["client_id=%", "client_id=%4", "client_id=%ff"] {
                let request = "GET /authorize?\(query) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                let reply = await RawConnection(port: port).exchange(request)
                #expect(reply.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
                #expect(reply.contains("The request&#39;s query is not readable."))
            }
        }
    }

    @Test func `other content types, methods and paths are refused`() async throws {
        try await Visitor.with { _, visitor in
            let token = visitor.addresses.tokenURL
            let json = try await visitor.send("POST", token, headers: ["content-type": "application/json"], body: "{}")
            #expect(json.status == 400)
            #expect(try await visitor.send("POST", token).status == 400)
            let wrongMethod = try await visitor.get(token)
            #expect(wrongMethod.status == 405)
            #expect(wrongMethod.headers["allow"] == "POST")
            let wrongPage = try await visitor.send("PUT", visitor.addresses.authorizeURL)
            #expect(wrongPage.status == 405)
            #expect(wrongPage.headers["allow"] == "GET, POST")
            #expect(try await visitor.get(token + "/more").status == 404)
            #expect(try await visitor.get(visitor.addresses.liveURL + "/%zz").status == 404)
        }
    }
}
