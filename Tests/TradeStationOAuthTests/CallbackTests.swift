import Testing
import TradeStationModel

@testable import TradeStationOAuth

/// The replies of the callback to browsers and to other clients.
///
/// The tests are serialized because they share the processor, and each of them has a time limit in real time.
@Suite(.serialized, .timeLimit(.minutes(20))) struct CallbackTests {
    @Test func `the browser's redirect ends the sign-in after the page was delivered`() async throws {
        let signIn = try await SignIn.start()
        let page = try await RawSocket.get(signIn.validTarget, port: signIn.port)
        let code = try await signIn.task.value
        #expect(code.code.exposed == "c-1")
        #expect(code.redirectURI == "http://localhost:\(signIn.port)")
        #expect(code.verifier != nil)
        #expect(code.nonce?.exposed == signIn.parameter("nonce"))
        #expect(code.issuer == nil)
        #expect(page.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(page.hasSuffix(CallbackPage.received.html))
        #expect(await SignIn.isFree(signIn.port))
    }

    @Test func `every page forbids scripts, caching and referrers, and repeats nothing from the request`() async throws
    {
        let signIn = try await SignIn.start()
        let evil = "%3Cscript%3Ealert(1)%3C/script%3E"
        let page = try await RawSocket.get(
            "/?error=access_denied&error_description=\(evil)&state=\(signIn.parameter("state"))",
            port: signIn.port
        )
        for field in [
            "Content-Type: text/html; charset=utf-8", "Cache-Control: no-store", "Referrer-Policy: no-referrer",
            "X-Content-Type-Options: nosniff", "Connection: close", "Content-Security-Policy: default-src 'none'; ",
        ] {
            #expect(page.contains("\r\n\(field)"))
        }
        #expect(page.hasSuffix(CallbackPage.declined.html))
        #expect(!page.contains("alert"))
        #expect(!page.lowercased().contains("access-control"))
        #expect(!page.contains(signIn.parameter("state")))
        #expect(await signIn.errorCode() == "login_denied")
        #expect(await SignIn.isFree(signIn.port))
    }

    @Test(arguments: CallbackPage.allCases)
    func `a page loads no resources and runs no scripts`(_ page: CallbackPage) {
        for word in ["<script", "src=", "href=", "http:", "https:", "<form", "onload"] {
            #expect(!page.html.contains(word))
        }
    }

    @Test func `a request that does not belong to the sign-in is refused, and the sign-in continues`() async throws {
        let signIn = try await SignIn.start()
        let state = signIn.parameter("state")
        let refused: [(target: String, host: String?, method: String, status: Int)] = [
            ("/", nil, "GET", 400),
            ("/?code=c-1", nil, "GET", 400),
            ("/?code=c-1&state=", nil, "GET", 400),
            ("/?code=c-1&state=wrong", nil, "GET", 400),
            ("/?error=access_denied&state=wrong", nil, "GET", 400),
            ("/?code=c-1&state=\(state)&state=\(state)", nil, "GET", 400),
            ("/?code=c-1&code=c-2&state=\(state)", nil, "GET", 400),
            ("/?code=&state=\(state)", nil, "GET", 400),
            ("/?code=a%20b&state=\(state)", nil, "GET", 400),
            ("/?code=\(String(repeating: "a", count: 2_049))&state=\(state)", nil, "GET", 400),
            ("/?code=%&state=\(state)", nil, "GET", 400),
            ("/favicon.ico", nil, "GET", 404),
            ("/robots.txt", nil, "GET", 404),
            ("//?code=c-1&state=\(state)", nil, "GET", 404),
            ("/callback?code=c-1&state=\(state)", nil, "GET", 404),
            ("http://localhost/?code=c-1&state=\(state)", nil, "GET", 404),
            (signIn.validTarget, nil, "POST", 405),
            (signIn.validTarget, nil, "HEAD", 405),
            (signIn.validTarget, nil, "OPTIONS", 405),
            (signIn.validTarget, nil, "PUT", 405),
            (signIn.validTarget, nil, "PROPFIND", 405),
            (signIn.validTarget, "evil.example", "GET", 421),
            (signIn.validTarget, "evil.example:\(signIn.port)", "GET", 421),
            (signIn.validTarget, "localhost", "GET", 421),
            (signIn.validTarget, "localhost:1", "GET", 421),
            (signIn.validTarget, "localhost.evil.example:\(signIn.port)", "GET", 421),
            (signIn.validTarget, "", "GET", 421),
        ]
        for request in refused {
            let answer = try await RawSocket.get(
                request.target,
                port: signIn.port,
                host: request.host,
                method: request.method
            )
            #expect(answer.hasPrefix("HTTP/1.1 \(request.status) "), "\(request)")
        }
        let head = try await RawSocket.get("/", port: signIn.port, method: "HEAD")
        #expect(head.contains("\r\nAllow: GET\r\n"))
        #expect(head.hasSuffix("\r\n\r\n"))
        let twoHosts = try await RawSocket.connect(port: signIn.port).ask(
            "GET \(signIn.validTarget) HTTP/1.1\r\nHost: localhost:\(signIn.port)\r\nHost: evil.example\r\n\r\n"
        )
        #expect(twoHosts.hasPrefix("HTTP/1.1 421 "))
        let noHost = try await RawSocket.connect(port: signIn.port).ask("GET \(signIn.validTarget) HTTP/1.0\r\n\r\n")
        #expect(noHost.hasPrefix("HTTP/1.1 421 "))

        _ = try await RawSocket.get(signIn.validTarget, port: signIn.port)
        #expect(try await signIn.task.value.code.exposed == "c-1")
    }

    @Test(arguments: ["localhost", "LOCALHOST", "127.0.0.1", "[::1]"])
    func `the callback accepts every host name of this computer`(_ name: String) async throws {
        let signIn = try await SignIn.start()
        let page = try await RawSocket.get(signIn.validTarget, port: signIn.port, host: "\(name):\(signIn.port)")
        #expect(page.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(try await signIn.task.value.code.exposed == "c-1")
    }

    @Test(.enabled(if: SignIn.hasIPv6)) func `the callback accepts a browser over IPv6`() async throws {
        let signIn = try await SignIn.start()
        let page = try await RawSocket.get(signIn.validTarget, port: signIn.port, address: "::1")
        #expect(page.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(try await signIn.task.value.code.exposed == "c-1")
        #expect(await SignIn.isFree(signIn.port, address: "::1"))
    }

    @Test func `a valid response is accepted once`() async throws {
        let handler = CallbackHandler(hosts: ["localhost:1"], path: "/", state: Secret("s"))
        let first = handler.answer(method: "GET", target: "/?code=c&state=s", hosts: ["localhost:1"])
        let second = handler.answer(method: "GET", target: "/?code=d&state=s", hosts: ["localhost:1"])
        #expect(first.0 == CallbackReply(status: 200, page: .received))
        #expect(first.1 != nil)
        #expect(second.0 == CallbackReply(status: 400, page: .refused))
        #expect(second.1 == nil)
    }

    @Test func `a connection without HTTP is closed without an answer, and the sign-in continues`()
        async throws
    {
        let signIn = try await SignIn.start()
        let greeting: [UInt8] = [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03, 0x00, 0x0D, 0x0A]
        #expect(try await RawSocket.connect(port: signIn.port).ask(greeting) == "")
        #expect(try await RawSocket.connect(port: signIn.port).ask("GET /\r\n\r\n") == "")
        #expect(try await RawSocket.connect(port: signIn.port).ask("\r\n\0\0garbage\r\n\r\n") == "")
        let prior = try await RawSocket.connect(port: signIn.port).ask("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        #expect(!prior.contains("200 OK"))
        _ = try await RawSocket.get(signIn.validTarget, port: signIn.port)
        #expect(try await signIn.task.value.code.exposed == "c-1")
    }

    @Test func `a request over 8 KiB is closed without an answer`() async throws {
        let signIn = try await SignIn.start()
        let padding = String(repeating: "a", count: 8 * 1_024)
        let answer = try await RawSocket.connect(port: signIn.port).ask(
            "GET \(signIn.validTarget) HTTP/1.1\r\nHost: localhost:\(signIn.port)\r\nX: \(padding)\r\n\r\n"
        )
        #expect(answer == "")
        _ = try await RawSocket.get(signIn.validTarget, port: signIn.port)
        #expect(try await signIn.task.value.code.exposed == "c-1")
    }

    @Test func `an incomplete request is closed at the time limit`() async throws {
        let signIn = try await SignIn.start(connectionMilliseconds: 100)
        #expect(try await RawSocket.connect(port: signIn.port).ask("GET / HTTP/1.1\r\nHost: loc") == "")
        #expect(try await RawSocket.connect(port: signIn.port).ask("") == "")
        signIn.task.cancel()
        _ = await signIn.task.result
    }

    @Test func `above 32 connections the oldest is closed, and the browser can still connect`() async throws {
        let signIn = try await SignIn.start()
        var idle: [RawSocket] = []
        for _ in 0..<40 { idle.append(try await RawSocket.connect(port: signIn.port)) }
        for dropped in idle[..<8] { #expect(await dropped.ask("") == "") }
        _ = try await RawSocket.get(signIn.validTarget, port: signIn.port)
        #expect(try await signIn.task.value.code.exposed == "c-1")
        for socket in idle[8...] { await socket.close() }
    }

    @Test func `a client that closes its sending side still receives the page`() async throws {
        let signIn = try await SignIn.start()
        let page = try await RawSocket.connect(port: signIn.port).askOnce(
            "GET \(signIn.validTarget) HTTP/1.1\r\nHost: localhost:\(signIn.port)\r\n\r\n"
        )
        #expect(page.hasSuffix(CallbackPage.received.html))
        #expect(try await signIn.task.value.code.exposed == "c-1")
    }
}
