import Foundation
import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

@Suite(.serialized) struct ResendingTests {
    static let order = Array(#"{"AccountID":"SIM1","Symbol":"MSFT"}"#.utf8)
    static let orders = "/v3/orderexecution/orders"

    @Test func `an order through a connection that dies after the server took it is sent once`() async throws {
        try await SessionStage.with { stage in
            try await stage.withProfiles { manager in
                let session = try await manager.session(named: "paper")
                for time in [EmulatorFault.Time.after, .before] {
                    for method in ["POST", "PUT", "DELETE"] {
                        stage.emulator.script([EmulatorFault(at: .api, when: time, .close, times: 2)])
                        let before = stage.emulator.counts.apiRequests
                        let call = APICall(
                            method: method,
                            path: Self.orders,
                            body: method == "DELETE" ? [] : Self.order
                        )
                        #expect(await code { _ = try await session.perform(call) } == .outcomeUnknown)
                        #expect(stage.emulator.counts.apiRequests - before == 1)
                        #expect(stage.emulator.log.last?.method == method)
                    }
                }
            }
        }
    }

    @Test func `an order that was never sent is no unknown outcome`() async throws {
        try await SessionStage.with { stage in
            try await stage.withProfiles { manager in
                let session = try await manager.session(named: "paper")
                _ = try await session.accessToken()
                await stage.emulator.stop()
                #expect(
                    await code { _ = try await session.post(Self.orders, json: Self.order) } == .serverUnreachable
                )
            }
        }
    }

    @Test func `a GET whose connection dies without an answer is sent once more, and no further`() async throws {
        try await SessionStage.with { stage in
            try await stage.withProfiles { manager in
                let session = try await manager.session(named: "paper")
                stage.emulator.script([EmulatorFault(at: .api, when: .after, .close)])
                #expect(try await session.get("/v3/brokerage/accounts").status == 200)
                #expect(stage.emulator.counts.apiRequests == 2)
                stage.emulator.script([EmulatorFault(at: .api, when: .after, .close, times: 2)])
                #expect(await code { _ = try await session.get("/v3/brokerage/accounts") } == .serverUnreachable)
                #expect(stage.emulator.counts.apiRequests == 4)
                stage.emulator.script([EmulatorFault(at: .api, .truncate)])
                #expect(await code { _ = try await session.get("/v3/brokerage/accounts") } == .serverUnreachable)
                #expect(stage.emulator.counts.apiRequests == 5)
            }
        }
    }

    @Test func `an order that a 401 refused is sent once more, with its whole body and a newer token`() async throws {
        try await SessionStage.with(rotate: true) { stage in
            try await stage.withProfiles { manager in
                let session = try await manager.session(named: "paper")
                let old = try await session.accessToken()
                stage.emulator.expireAccessTokens()
                let answers = try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<50 {
                        group.addTask { try await session.post(Self.orders, json: Self.order).status }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(answers.count == 50 && !answers.contains(401))
                #expect(stage.emulator.counts.apiRequests <= 100)
                #expect(stage.emulator.counts.refreshes == 1)
                #expect(try await session.accessToken().generation == old.generation + 1)
            }
        }
    }

    @Test func `a server that refuses every token costs one exchange a minute`() async throws {
        try await SessionStage.with { stage in
            try await stage.withProfiles { manager in
                let session = try await manager.session(named: "paper")
                stage.emulator.script([
                    EmulatorFault(at: .api, when: .before, .respond(status: 401, headers: [:], body: ""), times: 100)
                ])
                for _ in 0..<10 { #expect(try await session.get("/v3/brokerage/accounts").status == 401) }
                #expect(stage.emulator.counts.refreshes == 1)
                #expect(stage.emulator.counts.apiRequests == 11)
                stage.clock.advance(by: .seconds(61))
                #expect(try await session.get("/v3/brokerage/accounts").status == 401)
                #expect(stage.emulator.counts.refreshes == 2)
            }
        }
    }

    @Test func `a 429 to a GET is waited out as its headers ask`() async throws {
        try await SessionStage.with { stage in
            try await stage.withProfiles { manager in
                let session = try await manager.session(named: "paper")
                for headers in [["Retry-After": "9"], ["X-RateLimit-Reset": "9", "X-RateLimit-Limit": "320"]] {
                    stage.respond(
                        429,
                        headers: headers,
                        #"{"Error":"TooManyRequests","Message":"Rate quota exceeded"}"#
                    )
                    let started = stage.clock.bootMilliseconds()
                    let response = try await stage.clock.whileTimePasses {
                        try await session.get("/v3/brokerage/accounts")
                    }
                    #expect(response.status == 200)
                    #expect(stage.clock.bootMilliseconds() - started == 9000)
                }
                #expect(stage.emulator.counts.apiRequests == 4)
            }
        }
    }

    @Test func `a 429 to a PUT or DELETE is waited out too, for nothing was done`() async throws {
        try await SessionStage.with { stage in
            try await stage.withProfiles { manager in
                let session = try await manager.session(named: "paper")
                for method in ["PUT", "DELETE"] {
                    stage.respond(429, headers: ["Retry-After": "4"])
                    let call = APICall(method: method, path: "\(Self.orders)/1")
                    let started = stage.clock.bootMilliseconds()
                    let response = try await stage.clock.whileTimePasses { try await session.perform(call) }
                    #expect(response.status != 429)
                    #expect(stage.clock.bootMilliseconds() - started == 4000)
                }
                #expect(stage.emulator.log.map(\.method).suffix(4) == ["PUT", "PUT", "DELETE", "DELETE"])
            }
        }
    }

    @Test func `an order that v2 takes by GET is sent once`() async throws {
        try await SessionStage.with { stage in
            try await stage.withProfiles { manager in
                let session = try await stage.addV2(to: manager)
                let path = "/v2/JSONP/orders?data=1"
                stage.emulator.script([EmulatorFault(at: .api, when: .after, .close, times: 2)])
                #expect(await code { _ = try await session.get(path) } == .outcomeUnknown)
                #expect(stage.emulator.counts.apiRequests == 1)
            }
        }
    }

    @Test func `a refusal says what it says though its body breaks off`() async throws {
        try await SessionStage.with(rotate: true) { stage in
            try await stage.withProfiles { manager in
                let session = try await manager.session(named: "paper")
                stage.emulator.expireAccessTokens()
                stage.emulator.script([EmulatorFault(at: .api, .truncate)])
                #expect(try await session.get("/v3/brokerage/accounts").status == 200)
                #expect(stage.emulator.counts.refreshes == 1)
                stage.emulator.script([EmulatorFault(at: .api, .truncate)])
                let order = try await session.post(Self.orders, body: ["AccountID": "OTHER"])
                #expect(order.error?.status == 400)
                #expect(stage.emulator.counts.apiRequests == 3)
            }
        }
    }

    @Test func `a 429 that cannot be waited out is a typed error at once`() async throws {
        try await SessionStage.with { stage in
            try await stage.withProfiles { manager in
                let session = try await manager.session(named: "paper")
                stage.respond(429, headers: ["Retry-After": "60"])
                #expect(
                    await APIErrorTests.apiError {
                        _ = try await session.get("/x", as: String.self, timeout: .seconds(10))
                    }?.retryAfter == .seconds(60)
                )
                // A server's reset may be an hour away; what this waits for is five minutes at most.
                stage.respond(429, headers: ["X-RateLimit-Reset": "86400"])
                #expect(try await session.get("/x").error?.retryAfter == .seconds(300))
                stage.respond(429)
                #expect(
                    await APIErrorTests.apiError { _ = try await session.get("/x", as: String.self) }?.error
                        == "TooManyRequests"
                )
                stage.respond(429, headers: ["Retry-After": "1"])
                #expect(
                    await APIErrorTests.apiError {
                        _ = try await session.post(Self.orders, body: ["AccountID": "SIM1"], as: String.self)
                    }?.retryAfter == .seconds(1)
                )
                #expect(stage.emulator.counts.apiRequests == 4)
            }
        }
    }

    @Test func `the quota is what the last answer that spoke of one said`() async throws {
        try await SessionStage.with { stage in
            try await stage.withProfiles { manager in
                let session = try await manager.session(named: "paper")
                stage.respond(200, "{}")
                _ = try await session.get("/v3/brokerage/accounts")
                #expect(session.quota == nil)
                let headers = [
                    "X-RateLimit-Limit": "320", "X-RateLimit-Remaining": "17", "X-RateLimit-Reset": "42",
                    "X-RateLimit-Resource": "accounts",
                ]
                stage.respond(200, headers: headers, "{}")
                _ = try await session.get("/v3/brokerage/accounts")
                stage.respond(200, "{}")
                _ = try await session.get("/v3/brokerage/accounts")
                #expect(session.quota?.limit == 320)
                #expect(session.quota?.remaining == 17)
                #expect(session.quota?.resource == "accounts")
                #expect(session.quota?.resetsAt == stage.clock.wallTime().advanced(byMilliseconds: 42_000))
                // An epoch, as Auth0 sends it, is no number of seconds.
                stage.respond(200, headers: ["X-RateLimit-Remaining": "1", "X-RateLimit-Reset": "1791279060"], "{}")
                _ = try await session.get("/v3/brokerage/accounts")
                #expect(session.quota?.remaining == 1)
                #expect(session.quota?.resetsAt == nil)
            }
        }
    }
}
