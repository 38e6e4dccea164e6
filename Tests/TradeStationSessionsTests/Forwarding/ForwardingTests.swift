import Foundation
import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationOAuth
import TradeStationTesting

@testable import TradeStationSessions

/// Requests of foreign programs, which keep the rules of the session's own requests.
@Suite(.stage()) struct ForwardingTests {
    private let stage = SessionStage.current
    private var manager: SessionManager { stage.manager }

    private static let accounts = ForwardedRequest(method: "GET", target: "/v3/brokerage/accounts")

    private static func order(_ method: String) -> ForwardedRequest {
        ForwardedRequest(
            method: method,
            target: ResendingTests.orders,
            fields: [("Content-Type", "application/json")],
            body: method == "DELETE" ? [] : ResendingTests.order
        )
    }

    /// Why a request has no answer; nil if it has one.
    private func failure(_ body: () async throws -> Void) async throws -> ForwardingFailure? {
        do {
            try await body()
            return nil
        } catch let failure as ForwardingFailure {
            return failure
        }
    }

    @Test func `the API gets the program's method, target and fields, and the profile's token`() async throws {
        let server = try SilentServer()
        var request = ProfileRequest(
            name: try ProfileName("other"),
            environment: .live,
            source: .sameLogin(as: try ProfileName("paper"))
        )
        request.apiURL = try EndpointURL("http://127.0.0.1:\(server.port)")
        _ = try await manager.registry.add(request, interaction: nil)
        let session = try await manager.session(named: "other")
        let token = try await session.accessToken()
        let forwarded = ForwardedRequest(
            method: "PUT",
            target: "/v3/orderexecution/orders/1?a=b%20c&a=$D",
            fields: [("User-Agent", "bot/1"), ("X-Custom", "1"), ("Content-Type", "text/plain")],
            body: Array("hello".utf8)
        )
        let running = Task { try await session.forward(forwarded) }
        var text = ""
        for await piece in server.connection() {
            text += piece
            if text.hasSuffix("hello") { running.cancel() }
        }
        await #expect(throws: CancellationError.self) { try await running.value }
        #expect(text.hasPrefix("PUT /v3/orderexecution/orders/1?a=b%20c&a=$D HTTP/1.1\r\n"))
        let fields = Set(text.components(separatedBy: "\r\n").map { $0.lowercased() })
        #expect(
            fields.isSuperset(of: [
                "authorization: \(token.authorizationHeader.lowercased())", "user-agent: bot/1", "x-custom: 1",
                "content-type: text/plain", "content-length: 5", "accept-encoding: identity",
            ])
        )
        #expect(!text.contains("tsaccounts") && !text.contains("Accept: application/json"))
    }

    @Test func `a body that a fence has read as JSON is sent as JSON`() async throws {
        let account = EmulatorUser.defaults[0].simAccounts[0]
        try await manager.registry.change(ProfileName("paper"), FenceChange(accounts: .only([account])))
        let record = try await stage.paper()
        let forwarded = ForwardedRequest(
            method: "POST",
            target: ResendingTests.orders,
            fields: [("content-type", "application/json; charset=utf-7"), ("Content-Encoding", "gzip"), ("A", "b")],
            body: Array(#"{"AccountID":"\#(account)"}"#.utf8)
        )
        let session = try await manager.session(named: "paper")
        let admitted = try await FenceCheck(session: session, deadline: .max).admit(forwarded.call)
        let call = AuthorizedCall(admitted, token: try await session.accessToken())
        #expect(record.profile.accounts == [account])
        #expect(
            call.exchangeRequest(within: 1).headers.dropFirst().map { "\($0.name): \($0.value)" } == [
                "A: b", "Content-Type: application/json",
            ]
        )
    }

    @Test func `a program that reads only may send HEAD, too`() async throws {
        try await manager.registry.change(ProfileName("paper"), FenceChange(isReadOnly: true))
        let session = try await manager.session(named: "paper")
        _ = try await session.forward(ForwardedRequest(method: "HEAD", target: "/v3/brokerage/accounts"))
        for method in ["HEAD", "OPTIONS", "PATCH", "POST"] {
            let request = ForwardedRequest(method: method, target: ResendingTests.orders)
            let failure = try await failure { _ = try await session.forward(request) }
            #expect(failure?.error.code == .fenced && failure?.part == .check)
        }
        #expect(stage.emulator.counts.apiRequests == 1)
    }

    @Test func `an order is sent once, whenever its connection breaks`() async throws {
        let session = try await manager.session(named: "paper")
        for time in [EmulatorFault.Time.after, .before] {
            for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"] {
                stage.emulator.script([EmulatorFault(at: .api, when: time, .close, times: 2)])
                let before = stage.emulator.counts.apiRequests
                let failure = try await failure { _ = try await session.forward(Self.order(method)) }
                #expect(failure?.error.code == .outcomeUnknown)
                #expect(failure?.error.profile == "paper")
                #expect(failure?.part == .answer(isLate: false))
                #expect(stage.emulator.counts.apiRequests - before == 1)
            }
        }
    }

    @Test func `an order that was never sent has no unknown outcome`() async throws {
        let session = try await manager.session(named: "paper")
        _ = try await session.accessToken()
        await stage.emulator.stop()
        let failure = try await failure { _ = try await session.forward(Self.order("POST")) }
        #expect(failure?.error.code == .serverUnreachable)
        #expect(failure?.part == .answer(isLate: false))
    }

    @Test func `an order that gets no answer in time has an unknown outcome`() async throws {
        let session = try await manager.session(named: "paper")
        stage.emulator.script([EmulatorFault(at: .api, when: .after, .hang(seconds: 60))])
        async let failure = failure { _ = try await session.forward(Self.order("POST")) }
        try await stage.emulator.wait { $0.apiRequests == 1 }
        stage.clock.advance(by: .seconds(30))
        #expect(try await failure?.error.code == .outcomeUnknown)
        #expect(try await failure?.part == .answer(isLate: true))
    }

    @Test func `a GET whose connection breaks before an answer is sent once more`() async throws {
        let session = try await manager.session(named: "paper")
        stage.emulator.script([EmulatorFault(at: .api, when: .after, .close)])
        #expect(try await session.forward(Self.accounts).status == 200)
        stage.emulator.script([EmulatorFault(at: .api, when: .after, .close, times: 2)])
        let failure = try await failure { _ = try await session.forward(Self.accounts) }
        #expect(failure?.error.code == .serverUnreachable)
        #expect(stage.emulator.counts.apiRequests == 4)
    }

    @Test(.stage(rotate: true)) func `after a 401 each request is sent once more, after one refresh for all`()
        async throws
    {
        let session = try await manager.session(named: "paper")
        stage.emulator.expireAccessTokens()
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<20 { group.addTask { try await session.forward(Self.order("POST")).status } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses.count == 20 && !statuses.contains(401))
        #expect(stage.emulator.counts.refreshes == 1)
    }

    @Test func `after a 429 a GET waits for as long as the headers ask, and an order is not sent again`() async throws {
        let session = try await manager.session(named: "paper")
        stage.respond(429, headers: ["Retry-After": "9"])
        let started = stage.clock.bootMilliseconds()
        let response = try await stage.clock.whileTimePasses(sleepingLessThan: .seconds(10)) {
            try await session.forward(Self.accounts)
        }
        #expect(response.status == 200)
        #expect(stage.clock.bootMilliseconds() - started == 9000)
        stage.respond(429, headers: ["Retry-After": "1"])
        #expect(try await session.forward(Self.order("POST")).status == 429)
        #expect(stage.emulator.counts.apiRequests == 3)
    }

    @Test func `an answer is passed on with its status, fields and body`() async throws {
        let session = try await manager.session(named: "paper")
        stage.respond(418, headers: ["X-Answer": "42", "X-RateLimit-Limit": "5"], "short and stout")
        let response = try await session.forward(Self.accounts)
        #expect(response.status == 418)
        #expect(response.fields.firstValue(named: "x-answer") == "42")
        var body: [UInt8] = []
        for try await piece in response.body { body += piece }
        #expect(String(decoding: body, as: UTF8.self) == "short and stout")
        #expect(session.quota?.limit == 5)
    }

    @Test func `a stream arrives piece by piece, and ends with the task that reads it`() async throws {
        let session = try await manager.session(named: "paper")
        stage.emulator.changeSettings { $0.heartbeatSeconds = 0 }
        let reading = Task {
            let stream = try await session.forward(ForwardedRequest(method: "GET", target: SessionStage.quotes))
            var text = ""
            for try await piece in stream.body {
                text += String(decoding: piece, as: UTF8.self)
                if text.hasSuffix("first\n") { stage.emulator.streams.send("second") }
            }
            return text
        }
        try await stage.emulator.wait { $0.openStreams == 1 }
        stage.emulator.streams.send("first")
        reading.cancel()
        await #expect(throws: CancellationError.self) { try await reading.value }
        try await stage.emulator.wait { $0.openStreams == 0 }
    }

    @Test func `an answer that nobody reads ends with its last reference`() async throws {
        let session = try await manager.session(named: "paper")
        do {
            let stream = try await session.forward(ForwardedRequest(method: "GET", target: SessionStage.quotes))
            #expect(stream.status == 200)
            #expect(stage.emulator.counts.openStreams == 1)
        }
        try await stage.emulator.wait { $0.openStreams == 0 }
    }

    @Test func `an answer that breaks off is an error`() async throws {
        let session = try await manager.session(named: "paper")
        stage.emulator.script([EmulatorFault(at: .api, .truncate)])
        let response = try await session.forward(Self.order("POST"))
        #expect(await code { for try await _ in response.body {} } == .outcomeUnknown)
        #expect(stage.emulator.counts.apiRequests == 1)
    }

    @Test func `without a sign-in, the failure names the token`() async throws {
        let session = try await manager.session(named: "paper")
        stage.emulator.revokeAll()
        stage.clock.advance(by: .seconds(1200))
        let failure = try await failure { _ = try await session.forward(Self.accounts) }
        #expect(failure?.error.code == .loginRequired)
        #expect(failure?.part == .token)
        #expect(stage.emulator.counts.apiRequests == 0)
    }

    @Test func `closing the manager ends an answer`() async throws {
        let session = try await manager.session(named: "paper")
        let stream = try await session.forward(ForwardedRequest(method: "GET", target: SessionStage.quotes))
        let reading = Task { for try await _ in stream.body {} }
        await manager.close()
        await #expect(throws: (any Error).self) { try await reading.value }
    }

    @Test func `a program of a simulator profile that asks for real money is refused, and the audit has it`()
        async throws
    {
        let session = try await manager.session(named: "paper")
        let error = await session.refusal(of: Self.order("POST"), to: "api.tradestation.com")
        #expect(error.code == .fenced)
        let row = try #require(try await manager.registry.auditRecords(AuditQuery()).last)
        #expect(row.text("event") == "fenced")
        #expect(row.text("outcome") == "environment")
        #expect(
            row.text("detail")
                == #"{"host":"api.tradestation.com","method":"POST","path":"\#(ResendingTests.orders)"}"#
        )
    }

    // MARK: Tokens for programs that do not wait

    @Test(.stage(rotate: true)) func `a token that is asked for by many programs costs one exchange`() async throws {
        let session = try await manager.session(named: "paper")
        stage.clock.advance(by: .seconds(1190))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    let (token, life) = try await session.accessToken(waitingFor: .seconds(3))
                    #expect(token.generation == 2)
                    #expect(life == .seconds(1200))
                }
            }
            try await group.waitForAll()
        }
        #expect(stage.emulator.counts.refreshes == 1)
    }

    @Test func `while the sign-in server does not answer, the rest of a token is handed out in time`() async throws {
        let session = try await manager.session(named: "paper")
        stage.clock.advance(by: .seconds(1170))
        stage.emulator.script([EmulatorFault(at: .token, .hang(seconds: 60))])
        let started = stage.clock.bootMilliseconds()
        let asking = Task { try await session.accessToken(waitingFor: .milliseconds(3500)) }
        try await stage.clock.waitForSleeper(of: .milliseconds(3500))
        stage.clock.advance(by: .milliseconds(3500))
        let (token, life) = try await asking.value
        #expect(token.generation == 1)
        #expect(life == .milliseconds(26_500))
        #expect(stage.clock.bootMilliseconds() - started == 3500)
    }

    @Test func `an expired token is not handed out`() async throws {
        let session = try await manager.session(named: "paper")
        stage.clock.advance(by: .seconds(1200))
        stage.emulator.script([EmulatorFault(at: .token, .respond(status: 500, headers: [:], body: ""), times: 9)])
        #expect(await code { _ = try await session.accessToken(waitingFor: .zero) } != nil)
    }
}
