import Testing
import TradeStationModel
import TradeStationTesting

@testable import TradeStationOAuth

/// The ports that a sign-in listens on, how it ends, and that it frees its port.
///
/// The tests are serialized because they share the processor, and each of them has a time limit in real time.
@Suite(.serialized, .timeLimit(.minutes(20))) struct AuthorizationCodeFlowTests {
    @Test func `if a port is busy, the next one is used`() async throws {
        let busy = try await SignIn.start()
        let free = RawSocket.freePort()
        let second = try await SignIn.start(ports: [busy.port, free])
        #expect(second.port == free)
        for signIn in [busy, second] {
            signIn.task.cancel()
            _ = await signIn.task.result
        }
    }

    @Test(.enabled(if: SignIn.hasIPv6), arguments: ["127.0.0.1", "::1"])
    func `a port that is busy on one address is not used at all`(_ address: String) async throws {
        let host = address == "::1" ? "[::1]" : address
        let port = RawSocket.freePort()
        let foreign = try await SignIn.start(redirectURI: "http://\(host):\(port)")
        let flow = AuthorizationCodeFlow(
            registration: try .sample(),
            scopes: [],
            random: .system,
            time: TestClock(),
            limits: CallbackLimits(ports: [foreign.port])
        )
        await #expect {
            try await flow.run(present: { _ in })
        } throws: { error in
            (error as? AccountsError)?.code == .callbackPortsBusy
                && (error as? AccountsError)?.message.contains("\(foreign.port)") == true
        }
        let other = address == "::1" ? "127.0.0.1" : "::1"
        #expect(await SignIn.isFree(foreign.port, address: other))
        foreign.task.cancel()
        _ = await foreign.task.result
    }

    @Test func `a registered redirect URI determines host, port and path of the callback`() async throws {
        let port = RawSocket.freePort()
        let signIn = try await SignIn.start(redirectURI: "http://127.0.0.1:\(port)/oauth/callback")
        #expect(signIn.parameter("redirect_uri") == "http://127.0.0.1:\(port)/oauth/callback")
        let query = signIn.validTarget.dropFirst(2)
        let own = "127.0.0.1:\(port)"
        #expect(try await RawSocket.get("/", port: port, host: own).hasPrefix("HTTP/1.1 404 "))
        #expect(try await RawSocket.get("/oauth/callback", port: port, host: own).hasPrefix("HTTP/1.1 400 "))
        #expect(try await RawSocket.get("/oauth/callback?\(query)", port: port, host: own).hasPrefix("HTTP/1.1 200 "))
        #expect(try await signIn.task.value.redirectURI == "http://127.0.0.1:\(port)/oauth/callback")
    }

    @Test func `cancelling frees the port immediately`() async throws {
        let signIn = try await SignIn.start()
        signIn.task.cancel()
        let result = await signIn.task.result
        #expect(throws: CancellationError.self) { try result.get() }
        #expect(await SignIn.isFree(signIn.port))
        let again = try await SignIn.start(ports: [signIn.port])
        #expect(again.port == signIn.port)
        again.task.cancel()
        _ = await again.task.result
    }

    @Test func `cancelling frees the port even if the reader of pasted lines does not stop`() async throws {
        let (isReleased, released) = AsyncStream.makeStream(of: Void.self)
        let ignoresCancellation: @Sendable () async -> String? = {
            await Task { _ = await isReleased.first { _ in true } }.value
            return nil
        }
        let signIn = try await SignIn.start(pasted: ignoresCancellation)
        signIn.task.cancel()
        #expect(await SignIn.isFree(signIn.port))
        released.yield()
        let result = await signIn.task.result
        #expect(throws: CancellationError.self) { try result.get() }
    }

    @Test func `the sign-in ends at its time limit and frees the port`() async throws {
        let time = TestClock()
        let signIn = try await SignIn.start(time: time)
        try await time.waitForSleeper()
        time.advance(by: .milliseconds(599_999))
        #expect(try await RawSocket.get("/", port: signIn.port).hasPrefix("HTTP/1.1 400 "))
        time.advance(by: .milliseconds(1))
        #expect(await signIn.errorCode() == "login_timed_out")
        #expect(await SignIn.isFree(signIn.port))
    }

    @Test func `a pasted URL ends the sign-in, after a note about an unusable one`() async throws {
        let (lines, paste) = AsyncStream.makeStream(of: String.self)
        let reader = LineReader(lines)
        let notes = Notes()
        let signIn = try await SignIn.start(pasted: reader.next, note: notes.add)
        paste.yield("http://localhost:\(signIn.port)/?code=c-0&state=wrong")
        paste.yield("   ")
        paste.yield("http://localhost:\(signIn.port)\(signIn.validTarget)&iss=https%3A%2F%2Fs")
        let code = try await signIn.task.value
        #expect(code.code.exposed == "c-1")
        #expect(code.issuer == "https://s")
        #expect(
            notes.all == [
                AuthorizationResponse.Refusal.wrongState.explanation
                    + " Paste the complete URL from the browser's address bar."
            ]
        )
        #expect(await SignIn.isFree(signIn.port))
    }

    @Test func `the browser can complete the sign-in after the end of pasted input`() async throws {
        let (lines, paste) = AsyncStream.makeStream(of: String.self)
        paste.finish()
        let signIn = try await SignIn.start(pasted: LineReader(lines).next)
        _ = try await RawSocket.get(signIn.validTarget, port: signIn.port)
        #expect(try await signIn.task.value.code.exposed == "c-1")
    }

    @Test func `reading pasted lines is cancelled when the browser's redirect arrives first`() async throws {
        let (lines, paste) = AsyncStream.makeStream(of: String.self)
        let signIn = try await SignIn.start(pasted: LineReader(lines).next)
        _ = try await RawSocket.get(signIn.validTarget, port: signIn.port)
        #expect(try await signIn.task.value.code.exposed == "c-1")
        paste.finish()
    }

    @Test(arguments: ["https://app.example/cb", "https://localhost:3000", "my.app://cb"])
    func `a redirect URI of another host needs the pasted URL`(_ redirectURI: String) async throws {
        let (lines, paste) = AsyncStream.makeStream(of: String.self)
        let signIn = try await SignIn.start(redirectURI: redirectURI, pasted: LineReader(lines).next)
        paste.yield("\(redirectURI)?code=c-1&state=\(signIn.parameter("state"))")
        #expect(try await signIn.task.value.redirectURI == redirectURI)

        let unread = AsyncStream<String> { $0.finish() }
        let second = try await SignIn.start(redirectURI: redirectURI, pasted: LineReader(unread).next)
        #expect(await second.errorCode() == "input_required")

        let flow = AuthorizationCodeFlow(
            registration: try .sample(redirectURI: redirectURI),
            scopes: [],
            random: .system,
            time: TestClock()
        )
        await #expect {
            try await flow.run(present: { _ in Issue.record("the sign-in must not show a URL") })
        } throws: { ($0 as? AccountsError)?.code == .inputRequired }
    }

    @Test func `the ports that TradeStation registers are tried in order`() {
        #expect(CallbackLimits().ports == [31_022, 3_001, 3_000, 8_080])
        #expect(CallbackLimits().signInMilliseconds == 600_000)
        #expect(CallbackLimits().connectionMilliseconds == 5_000)
        #expect(
            CallbackHandler.hostValues(["localhost", "::1"], port: 80) == [
                "localhost", "localhost:80", "[::1]", "[::1]:80",
            ]
        )
    }
}
