import Foundation
import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

@Suite(.stage()) struct ResendingTests {
    private let stage = SessionStage.current
    private var manager: SessionManager { stage.manager }

    static let order = Array(#"{"AccountID":"SIM1","Symbol":"MSFT"}"#.utf8)
    static let orders = "/v3/orderexecution/orders"

    @Test func `an order is sent once, even if the connection breaks after the server took it`() async throws {
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

    @Test func `an order that was never sent has no unknown outcome`() async throws {
        let session = try await manager.session(named: "paper")
        _ = try await session.accessToken()
        await stage.emulator.stop()
        #expect(
            await code { _ = try await session.post(Self.orders, json: Self.order) } == .serverUnreachable
        )
    }

    @Test func `a GET whose connection breaks before an answer is sent once more, and only once`() async throws {
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

    @Test(.stage(rotate: true))
    func `an order that a 401 refused is sent once more, with its whole body and a newer token`() async throws {
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

    @Test func `a server that refuses every token causes one exchange a minute`() async throws {
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

    @Test func `after a 429 a GET waits for as long as the headers ask`() async throws {
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

    @Test func `after a 429 a PUT or DELETE waits, too, because nothing was done`() async throws {
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

    @Test func `an order that v2 accepts as a GET is sent once`() async throws {
        let session = try await stage.addV2(to: manager)
        let path = "/v2/JSONP/orders?data=1"
        stage.emulator.script([EmulatorFault(at: .api, when: .after, .close, times: 2)])
        #expect(await code { _ = try await session.get(path) } == .outcomeUnknown)
        #expect(stage.emulator.counts.apiRequests == 1)
    }

    @Test(.stage(rotate: true)) func `a refusal counts even if its body is cut off`() async throws {
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

    @Test func `a 429 that asks for too long a wait is a typed error at once`() async throws {
        let session = try await manager.session(named: "paper")
        stage.respond(429, headers: ["Retry-After": "60"])
        #expect(
            await APIErrorTests.apiError {
                _ = try await session.get("/x", as: String.self, timeout: .seconds(10))
            }?.retryAfter == .seconds(60)
        )
        // A server's reset may be a day away. A session waits for five minutes at most. Another path has no pause yet.
        stage.respond(429, headers: ["X-RateLimit-Reset": "86400"])
        #expect(try await session.get("/y").error?.retryAfter == .seconds(300))
        stage.respond(429)
        #expect(
            await APIErrorTests.apiError { _ = try await session.get("/z", as: String.self) }?.error
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

    @Test func `the quota comes from the last answer that contains one, less the requests since`() async throws {
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
        #expect(session.quota?.remaining == 16)
        #expect(session.quota?.resource == "accounts")
        #expect(session.quota?.resetsAt == stage.clock.wallTime().advanced(byMilliseconds: 42_000))
        let end = session.quota?.resetsAt
        // An epoch, which Auth0 sends, is not a number of seconds.
        stage.respond(200, headers: ["X-RateLimit-Remaining": "1", "X-RateLimit-Reset": "1791279060"], "{}")
        _ = try await session.get("/v3/brokerage/accounts")
        #expect(session.quota?.remaining == 1)
        #expect(session.quota?.resetsAt == end)
    }
}
