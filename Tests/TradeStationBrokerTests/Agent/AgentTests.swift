import Glibc
import NIOHTTP1
import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationSessions
import TradeStationTesting

@testable import TradeStationBroker

@Suite(.timeLimit(.minutes(10))) struct AgentTests {
    @Test func `ten thousand requests by fifty clients across five expiries cost five exchanges`() async throws {
        let configuration = EmulatorConfiguration(rotate: true, overlapSeconds: 0)
        try await AgentStage.with(emulator: configuration) { stage in
            let path = stage.path
            var tokens: Set<String> = []
            for _ in 0..<5 {
                // Past the end of the access token.
                stage.tradeStation.clock.advance(by: .seconds(20 * 60))
                let seen = try await withThrowingTaskGroup(of: Set<String>.self) { group in
                    for _ in 0..<50 { group.addTask { try await Self.tokens(count: 40, from: path) } }
                    return try await group.reduce(into: Set<String>()) { $0.formUnion($1) }
                }
                #expect(seen.count == 1)
                tokens.formUnion(seen)
            }
            #expect(tokens.count == 5)
            #expect(stage.tradeStation.emulator.counts.refreshes == 5)
            #expect(stage.tradeStation.emulator.counts.refused == 0)
        }
    }

    /// The tokens that requests on one connection get.
    private static func tokens(count: Int, from path: String) async throws -> Set<String> {
        try await RawClient(path: path).connected { connection in
            var tokens: Set<String> = []
            for _ in 0..<count {
                try await connection.send("GET /v1/profiles/sim/token HTTP/1.1\r\nHost: a\r\n\r\n")
                let head = try await connection.read(through: "\r\n\r\n")
                #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n"))
                tokens.insert(TokenText.token(in: try await connection.read(through: "}\n")))
            }
            return tokens
        }
    }

    @Test func `a token is answered as JSON that no cache may keep`() async throws {
        try await AgentStage.with { stage in
            for target in ["/v1/profiles/sim/token", "/v1/profiles/s%69m/token?min_validity=60"] {
                let answer = try await stage.ask(target)
                #expect(answer.status == 200)
                #expect(answer.field("Cache-Control") == "no-store")
                #expect(answer.field("Content-Type") == "application/json")
                #expect(answer.field("X-TSAccounts-Store") == AgentStage.store)
                let record = try await stage.tradeStation.manager.registry.profile(named: ProfileName("sim"))
                let report = try await stage.tradeStation.manager.token(record)
                #expect(answer.line == TokenText.json(report))
            }
            #expect(stage.tradeStation.emulator.counts.refreshes == 0)
        }
    }

    @Test(arguments: [
        ("/v1/profiles/nobody/token", 404, "profile_not_found"), ("/v1/profiles/nobody", 404, "profile_not_found"),
        ("/v1/profiles/a%20b/token", 400, "bad_name"), ("/v1/profiles/sim/token?min_validity=x", 400, "usage"),
        ("/v1/profiles/sim/token?min_validity=100000", 422, "min_validity_too_long"),
        ("/v1/profiles/sim/nothing", 404, "profile_not_found"), ("/nothing", 404, "profile_not_found"),
    ])
    func `an error has a status, a code, a message and what to do`(target: String, status: Int, code: String)
        async throws
    {
        try await AgentStage.with { stage in
            let answer = try await stage.ask(target)
            #expect(answer.status == status)
            #expect(stage.text("code", of: answer) == code)
            #expect(stage.text("message", of: answer)?.isEmpty == false)
            #expect(answer.line.contains(#""try":"#) && answer.line.contains(#""profile":"#))
        }
    }

    @Test func `a profile whose user has to sign in is a conflict`() async throws {
        try await AgentStage.with { stage in
            #expect(try await stage.ask("/v1/profiles/sim/token").status == 200)
            _ = try await stage.tradeStation.manager.registry.signOut(ProfileName("sim"))
            let answer = try await stage.ask("/v1/profiles/sim/token")
            #expect(answer.status == 409)
            #expect(stage.text("code", of: answer) == "login_required")
            #expect(stage.text("try", of: answer) == "tsaccounts login sim")
            #expect(stage.text("profile", of: answer) == "sim")
        }
    }

    @Test func `a name means the profile that has it now`() async throws {
        try await AgentStage.with { stage in
            let first = try await stage.ask("/v1/profiles/sim/token")
            try await stage.tradeStation.manager.registry.rename(ProfileName("sim"), to: ProfileName("old"))
            #expect(try await stage.ask("/v1/profiles/sim/token").status == 404)
            _ = try await stage.tradeStation.add(
                TestProfile("sim", .sim, user: stage.tradeStation.emulator.addresses.users[1].username)
            )
            let second = try await stage.ask("/v1/profiles/sim/token")
            #expect(second.status == 200)
            #expect(TokenText.token(in: second.line) != TokenText.token(in: first.line))
        }
    }

    @Test func `a refresh makes one exchange and tells the new generation`() async throws {
        try await AgentStage.with { stage in
            let answer = try await stage.ask("/v1/profiles/sim/refresh", method: "POST")
            #expect(answer.line.hasPrefix(#"{"profile":"sim","outcome":"refreshed","generation":2,"expires_at":""#))
            let wrong = try await stage.ask("/v1/profiles/sim/refresh")
            #expect(wrong.status == 405)
            #expect(wrong.field("Allow") == "POST")
            #expect(stage.tradeStation.emulator.counts.refreshes == 1)
        }
    }

    @Test func `a token that would need an exchange is refused to a client that does not wait`() async throws {
        try await AgentStage.with { stage in
            stage.tradeStation.clock.advance(by: .seconds(20 * 60))
            let answer = try await stage.ask("/v1/profiles/sim/token", fields: "Prefer: wait=0\r\n")
            #expect(answer.status == 503)
            #expect(stage.tradeStation.emulator.counts.refreshes == 0)
        }
    }

    @Test func `the audit names the client once per connection and profile`() async throws {
        try await AgentStage.with { stage in
            _ = try await Self.tokens(count: 3, from: stage.path)
            _ = try await Self.tokens(count: 2, from: stage.path)
            var rows: [AuditRecord] = []
            while rows.count < 2 {
                stage.tradeStation.clock.advance(by: .milliseconds(100))
                rows = try await stage.tradeStation.manager.registry.auditRecords(AuditQuery(events: [.profileUsed]))
                await Task.yield()
            }
            #expect(rows.count == 2)
            for row in rows {
                #expect(row.text("profile_name") == "sim")
                let detail = try #require(row.text("detail"))
                #expect(detail.contains(#""door":"agent""#))
                #expect(detail.contains(#""client_pid":"\#(getpid())""#))
                #expect(detail.contains(#""program":""#))
            }
        }
    }

    @Test func `events are sent with ids, and a client goes on after the last one it has seen`() async throws {
        try await AgentStage.with { stage in
            let request = "GET /v1/events HTTP/1.1\r\nHost: a\r\n"
            let event = try await RawClient(path: stage.path).connected { connection in
                try await connection.send(request + "\r\n")
                #expect(try await connection.read(through: "\r\n\r\n").contains("Content-Type: text/event-stream\r\n"))
                _ = try await connection.read(through: ":\n\n")
                _ = try await stage.ask("/v1/profiles/sim/refresh", method: "POST")
                return try await connection.read(through: "}\n\n")
            }
            #expect(event.contains("event: refreshed\ndata: {"))
            #expect(event.contains(#""profiles":["sim"]"#) && event.contains(#""generation":2"#))
            let id = try #require(event.firstMatch(of: /id: (\d+)\n/)?.1)
            let again = try await RawClient(path: stage.path).connected { connection in
                try await connection.send(request + "Last-Event-ID: \((Int(id) ?? 0) - 1)\r\n\r\n")
                return try await connection.read(through: "}\n\n")
            }
            #expect(again.contains("id: \(id)\nevent: refreshed\n"))
        }
    }

    @Test func `other responders are found by their path`() async throws {
        struct Echo: ProfileResponder {
            func respond(
                to request: IncomingRequest,
                profile: String,
                target: String,
                with response: any ResponseWriter
            ) async {
                try? await response.send(.ok, "\(profile) \(target)")
            }
        }
        var mounts = AgentMounts()
        mounts.paths["/metrics"] = ScriptedResponder.echo
        mounts.profileDoors["api"] = Echo()
        try await AgentStage.with(mounts: mounts) { stage in
            let metrics = try await stage.ask("/metrics")
            #expect(metrics.line == "GET /metrics ")
            #expect(try await stage.ask("/v1/profiles/sim/api/v3/x?a=b", method: "PUT").line == "sim /v3/x?a=b")
            #expect(try await stage.ask("/healthz").line.hasPrefix(#"{"status":"ok","version":""#))
            #expect(try await stage.ask("/v1/profiles").line == #"["sim"]"#)
            #expect(try await stage.ask("/v1/profiles/sim").line == #""sim""#)
        }
    }
}
