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
            ("/?code=%&state=\(state)", nil, "GET", 400),
            ("/favicon.ico", nil, "GET", 404),
            ("/robots.txt", nil, "GET", 404),
            ("/callback", nil, "GET", 404),
            ("http://localhost/other", nil, "GET", 404),
            ("/callback?code=c-1&state=wrong", nil, "GET", 400),
            ("/?error=access_denied", nil, "GET", 400),
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
        #expect(head.contains("\r\nAllow: GET, POST\r\n"))
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

    @Test(arguments: ["//", "/callback", "/callback/", "http://localhost/", "http://localhost:1/x/y"])
    func `the state decides whether a redirect belongs to the sign-in, not its path`(_ path: String) async throws {
        let signIn = try await SignIn.start()
        let target = path + "?code=c-1&state=" + signIn.parameter("state")
        let page = try await RawSocket.get(target, port: signIn.port)
        #expect(page.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(try await signIn.task.value.code.exposed == "c-1")
    }

    @Test func `a posted form is a response too`() async throws {
        let signIn = try await SignIn.start()
        let form = "code=c-1&state=\(signIn.parameter("state"))"
        let page = try await RawSocket.connect(port: signIn.port).ask(
            "POST / HTTP/1.1\r\nHost: localhost:\(signIn.port)\r\nContent-Length: \(form.utf8.count)\r\n"
                + "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n\r\n\(form)"
        )
        #expect(page.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(try await signIn.task.value.code.exposed == "c-1")
    }

    @Test func `a repeated redirect gets the same page, another response is turned away`() {
        let notes = Notes()
        let handler = CallbackHandler(port: 1, path: "/", state: Secret("s"), note: notes.add)
        func answer(_ target: String) -> (CallbackReply, AuthorizationResponse?) {
            handler.answer(CallbackRequest(target: target, hosts: ["localhost:1"]))
        }
        let first = answer("/?code=c&state=s")
        #expect(first.0 == CallbackReply(status: 200, page: .received))
        #expect(first.1 != nil)
        let again = answer("/?code=c&state=s")
        #expect(again.0 == CallbackReply(status: 200, page: .received))
        #expect(again.1 == nil)
        #expect(notes.all.isEmpty)
        let other = answer("/?code=d&state=s")
        #expect(other.0 == CallbackReply(.alreadyAnswered))
        #expect(other.1 == nil)
        #expect(notes.all == [CallbackRefusal.alreadyAnswered.note])
    }

    @Test(arguments: ["GET /\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"])
    func `a request of another version of HTTP is not a response, and the sign-in continues`(_ bytes: String)
        async throws
    {
        let signIn = try await SignIn.start()
        #expect(try await !RawSocket.connect(port: signIn.port).ask(bytes).contains("200 OK"))
        _ = try await RawSocket.get(signIn.validTarget, port: signIn.port)
        #expect(try await signIn.task.value.code.exposed == "c-1")
    }

    /// Everything that the callback turns away, except connections that send nothing.
    private static let refusals: [CallbackRefusal] =
        [.foreignHost, .wrongMethod, .otherPage, .encrypted, .notHTTP, .tooLarge, .incomplete]
        + [.response(.wrongState), .response(.missingState), .response(.unprovenError), .response(.unusableCode)]
        + [.response(.malformed), .response(.duplicateParameter)]

    @Test(arguments: refusals)
    func `what the callback turns away leaves a note and a page, and the sign-in continues`(
        _ refusal: CallbackRefusal
    ) async throws {
        let (said, say) = AsyncStream.makeStream(of: String.self)
        let notes = Notes()
        let signIn = try await SignIn.start(note: { note in
            notes.add(note)
            say.yield(note)
        })
        let (port, state) = (signIn.port, signIn.parameter("state"))
        func request(_ line: String, _ rest: String = "") -> String {
            "\(line) HTTP/1.1\r\nHost: localhost:\(port)\r\n\(rest)\r\n"
        }
        let bytes: String
        switch refusal {
        case .foreignHost: bytes = "GET \(signIn.validTarget) HTTP/1.1\r\nHost: evil.example\r\n\r\n"
        case .wrongMethod: bytes = request("HEAD \(signIn.validTarget)")
        case .otherPage: bytes = request("GET /other")
        case .encrypted: bytes = "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}"
        case .notHTTP: bytes = "\0garbage\r\n\r\n"
        case .tooLarge: bytes = request("GET /", "Cookie: \(String(repeating: "a", count: 64 * 1_024))\r\n")
        case .incomplete: bytes = "GET / HTTP/1.1\r\nHost: loc"
        case .response(.wrongState): bytes = request("GET /?code=c-1&state=wrong")
        case .response(.missingState): bytes = request("GET /?code=c-1")
        case .response(.unprovenError): bytes = request("GET /?error=access_denied")
        case .response(.unusableCode): bytes = request("GET /?code=&state=\(state)")
        case .response(.malformed): bytes = request("GET /?code=%&state=\(state)")
        default: bytes = request("GET /?code=a&code=b&state=\(state)")
        }
        if refusal == .incomplete {
            _ = try await RawSocket.connect(port: port).askOnce(bytes)
        } else {
            let answer = try await RawSocket.connect(port: port).ask(bytes)
            #expect(answer.hasPrefix("HTTP/1.1 \(refusal.status) "))
            #expect(refusal == .wrongMethod || answer.hasSuffix(refusal.page.html))
        }
        #expect(await said.first { _ in true } == refusal.note)
        _ = try await RawSocket.get(signIn.validTarget, port: port)
        #expect(try await signIn.task.value.code.exposed == "c-1")
        #expect(notes.all == [refusal.note])
    }

    @Test func `the same refusal is noted three times, and icons never`() {
        let notes = Notes()
        let handler = CallbackHandler(port: 1, path: "/", state: Secret("s"), note: notes.add)
        for target in ["/favicon.ico", "/apple-touch-icon.png", "/robots.txt", "/a", "/b", "/c", "/d"] {
            let (reply, _) = handler.answer(CallbackRequest(target: target, hosts: ["localhost:1"]))
            #expect(reply.status == 404)
        }
        #expect(notes.all == Array(repeating: CallbackRefusal.otherPage.note, count: 3))
    }

    @Test(arguments: [9_000, 40_000])
    func `a request with many cookies and a long code ends the sign-in`(_ size: Int) async throws {
        let signIn = try await SignIn.start()
        let code = String(repeating: "a", count: size / 2)
        let page = try await RawSocket.connect(port: signIn.port).ask(
            "GET /?code=\(code)&state=\(signIn.parameter("state")) HTTP/1.1\r\nHost: localhost:\(signIn.port)\r\n"
                + "Cookie: \(String(repeating: "c", count: size / 2))\r\n\r\n"
        )
        #expect(page.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(try await signIn.task.value.code.exposed == code)
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
