import Foundation
import Testing
import TradeStationEmulator

/// The effect of every fault on the connection and on the server's state.
///
/// The tests are serialized because they share the processor and this process's descriptors, and their requests have time
/// limits in real time.
@Suite(.serialized) struct FaultTests {
    private static let rotating = EmulatorConfiguration(rotate: true, now: Visitor.standingClock)

    /// Sends a refresh over a raw connection and returns all bytes that are received.
    private func rawRefresh(_ visitor: Visitor, _ token: String) async throws -> String {
        let body = Visitor.form(visitor.refreshFields(token))
        return await RawConnection(port: try #require(URL(string: visitor.addresses.tokenURL)?.port)).exchange(
            "POST /oauth/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        )
    }

    @Test func `close before the server acts sends nothing, and the token remains valid`() async throws {
        try await Visitor.with(Self.rotating) { emulator, visitor in
            let token = try await visitor.refreshToken()
            emulator.script([EmulatorFault(at: .token, when: .before, .close)])
            #expect(try await rawRefresh(visitor, token) == "")
            let entry = try #require(emulator.log.last)
            #expect(entry.fault == "close")
            #expect(entry.committed == false)
            #expect(entry.status == nil)
            #expect(entry.presented != nil)
            #expect(try await visitor.refresh(token).status == 200)
            #expect(emulator.counts.refreshes == 2)
            #expect(emulator.counts.refused == 0)
        }
    }

    @Test func `close after the server acted sends nothing, although the token was rotated`() async throws {
        try await Visitor.with(Self.rotating) { emulator, visitor in
            let token = try await visitor.refreshToken()
            emulator.script([EmulatorFault(at: .token, when: .after, .close)])
            #expect(try await rawRefresh(visitor, token) == "")
            let entry = try #require(emulator.log.last)
            #expect(entry.committed)
            #expect(entry.status == nil)
            #expect(entry.generation == 2)
            #expect(entry.issuedRefresh != nil)
            #expect(try await visitor.refresh(token).status == 403)
            #expect(emulator.counts.loginsLost == 1)
        }
    }

    @Test func `a client sees a closed connection as an error, not as an answer`() async throws {
        try await Visitor.with(Self.rotating) { emulator, visitor in
            let token = try await visitor.refreshToken()
            emulator.script([EmulatorFault(at: .token, when: .before, .close)])
            await #expect(throws: (any Error).self) { try await visitor.refresh(token) }
        }
    }

    @Test func `truncate sends half of the body with the length of the whole body`() async throws {
        try await Visitor.with(Self.rotating) { emulator, visitor in
            let token = try await visitor.refreshToken()
            emulator.script([EmulatorFault(at: .token, .truncate)])
            let raw = try await rawRefresh(visitor, token)
            #expect(raw.hasPrefix("HTTP/1.1 200 OK\r\n"))
            let length = try #require(raw.firstMatch(of: /(?i)content-length: (\d+)/).flatMap { Int($0.1) })
            let body = try #require(raw.firstRange(of: "\r\n\r\n").map { raw[$0.upperBound...] })
            #expect(body.utf8.count == length / 2)
            #expect(body.hasPrefix("{\"access_token\":\""))
            #expect(emulator.log.last?.committed == true)
            #expect(emulator.log.last?.fault == "truncate")
            #expect(try await visitor.refresh(token).status == 403)
        }
    }

    @Test(arguments: [EmulatorFault.Time.before, .after])
    func `hang sends nothing for its seconds and then closes`(time: EmulatorFault.Time) async throws {
        try await Visitor.with(Self.rotating) { emulator, visitor in
            let token = try await visitor.refreshToken()
            emulator.script([EmulatorFault(at: .token, when: time, .hang(seconds: 0.2))])
            let started = ContinuousClock.now
            #expect(try await rawRefresh(visitor, token) == "")
            #expect(ContinuousClock.now - started >= .seconds(0.2))
            #expect(emulator.log.last?.committed == (time == .after))
        }
    }

    @Test(arguments: [EmulatorFault.Time.before, .after])
    func `delay sends the normal answer late`(time: EmulatorFault.Time) async throws {
        try await Visitor.with(Self.rotating) { emulator, visitor in
            let token = try await visitor.refreshToken()
            emulator.script([EmulatorFault(at: .token, when: time, .delay(seconds: 0.2))])
            let started = ContinuousClock.now
            let reply = try await visitor.refresh(token)
            #expect(ContinuousClock.now - started >= .seconds(0.2))
            #expect(reply.status == 200)
            #expect(try await visitor.refresh(reply.member("refresh_token")).status == 200)
        }
    }

    @Test func `respond before the server acts replaces the answer, and the token remains valid`() async throws {
        try await Visitor.with(Self.rotating) { emulator, visitor in
            let token = try await visitor.refreshToken()
            let html = "<html>bad gateway</html>"
            let script = #"""
                {"faults":[{"at":"token","do":"respond","status":502,"headers":{"Content-Type":"text/html"},
                "body":"\#(html)"},
                {"at":"token","do":"respond","status":403,"body":"{\"error\":\"invalid_grant\"}"}]}
                """#
            #expect(try await visitor.control("faults", script).status == 200)
            let first = try await visitor.refresh(token)
            #expect(first.status == 502)
            #expect(first.headers["content-type"] == "text/html")
            #expect(first.body == html)
            #expect(emulator.counts.refused == 0)
            let second = try await visitor.refresh(token)
            #expect(second.status == 403)
            #expect(second.headers["content-type"] == "application/json")
            #expect(emulator.counts.refused == 1)
            #expect(emulator.log.last?.error == "invalid_grant")
            #expect(emulator.log.last?.committed == false)
            #expect(try await visitor.refresh(token).status == 200)
        }
    }

    @Test func `respond after the server acted replaces the answer, although the token was rotated`() async throws {
        try await Visitor.with(Self.rotating) { emulator, visitor in
            let token = try await visitor.refreshToken()
            emulator.script([EmulatorFault(at: .token, when: .after, .respond(status: 400, headers: [:], body: ""))])
            let reply = try await visitor.refresh(token)
            #expect(reply.status == 400)
            #expect(reply.body == "")
            #expect(emulator.log.last?.committed == true)
            #expect(emulator.log.last?.status == 400)
            #expect(try await visitor.refresh(token).status == 403)
        }
    }

    @Test func `faults apply at their place, in order and as often as scripted`() async throws {
        try await Visitor.with { emulator, visitor in
            let token = try await visitor.refreshToken()
            emulator.script([
                EmulatorFault(at: .revoke, .respond(status: 503, headers: [:], body: "")),
                EmulatorFault(at: .token, .respond(status: 500, headers: [:], body: ""), times: 2),
                EmulatorFault(at: .token, .respond(status: 501, headers: [:], body: "")),
                EmulatorFault(at: .authorize, .respond(status: 504, headers: [:], body: "")),
            ])
            var statuses: [Int] = []
            for _ in 1...4 { statuses.append(try await visitor.refresh(token).status) }
            #expect(statuses == [500, 500, 501, 200])
            #expect(emulator.faults.map(\.place) == [.revoke, .authorize])
            #expect(try await visitor.open().status == 504)
            #expect(try await visitor.revoke(token).status == 503)
            #expect(try await visitor.refresh(token).status == 200)
        }
    }

    @Test func `stopping closes idle connections and requests that a fault holds open`() async throws {
        let emulator = try await Emulator.start()
        let port = try #require(URL(string: emulator.addresses.tokenURL)?.port)
        emulator.script([EmulatorFault(at: .authorize, .hang(seconds: 3600))])
        let held = Task { await RawConnection(port: port).exchange("GET /authorize HTTP/1.1\r\nHost: x\r\n\r\n") }
        let (connections, connected) = AsyncStream.makeStream(of: Void.self)
        let idle = Task { await RawConnection(port: port).exchange("") { connected.finish() } }
        for await _ in connections {}
        try await emulator.wait { $0.authorizeRequests == 1 }
        await emulator.stop()
        #expect(await held.value == "")
        #expect(await idle.value == "")
        #expect(await RawConnection(port: port).exchange("GET / HTTP/1.1\r\n\r\n") == "not connected")
        await emulator.stop()
    }
}
