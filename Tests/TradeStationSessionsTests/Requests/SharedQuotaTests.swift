import Foundation
import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

/// One quota for all sessions and managers of a login. Another manager stands for another process: it shares nothing but
/// the store's files.
@Suite(.stage()) struct SharedQuotaTests {
    private let stage = SessionStage.current
    private var manager: SessionManager { stage.manager }

    private static let accounts = "/v3/brokerage/accounts"
    private static let quotes = "/v3/marketdata/quotes/MSFT"

    private func limit(_ limit: Int, seconds: Int) {
        stage.emulator.changeSettings {
            $0.quotaLimit = limit
            $0.quotaSeconds = seconds
        }
    }

    @Test func `what one process used up, another waits for instead of getting a 429`() async throws {
        limit(3, seconds: 20)
        let session = try await manager.session(named: "paper")
        for _ in 1...3 { #expect(try await session.get(Self.accounts).status == 200) }
        try await stage.withManager { other in
            let bot = try await other.session(named: "real")
            #expect(bot.quota?.remaining == 0)
            let started = stage.clock.bootMilliseconds()
            #expect(try await stage.clock.whileTimePasses { try await bot.get(Self.accounts).status } == 200)
            #expect(stage.clock.bootMilliseconds() - started == 20_000)
        }
        #expect(stage.emulator.counts.throttled == 0)
        #expect(stage.emulator.counts.apiRequests == 4)
    }

    @Test func `bursts of several processes use exactly the quota`() async throws {
        limit(12, seconds: 20)
        let first = try await manager.session(named: "paper")
        #expect(try await first.get(Self.accounts).status == 200)
        let statuses = try await stage.withManager { second in
            let other = try await second.session(named: "real")
            return try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 1...40 {
                    let session = number.isMultiple(of: 2) ? first : other
                    group.addTask { try await session.get(Self.accounts, timeout: .seconds(10)).status }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
        }
        #expect(statuses.count { $0 == 200 } == 11)
        #expect(statuses.count { $0 == 429 } == 29)
        // The 29 were not sent.
        #expect(stage.emulator.counts.throttled == 0)
        #expect(stage.emulator.counts.apiRequests == 12)
    }

    @Test func `a pause that the server asked one process for holds for another`() async throws {
        let session = try await manager.session(named: "paper")
        stage.respond(
            429,
            headers: ["Retry-After": "7"],
            #"{"Error":"TooManyRequests","Message":"Rate quota exceeded"}"#
        )
        #expect(try await session.get(Self.quotes, timeout: .seconds(2)).status == 429)
        try await stage.withManager { other in
            let bot = try await other.session(named: "real")
            let started = stage.clock.bootMilliseconds()
            // Another symbol is the same kind of request, another path is not.
            #expect(try await bot.get(Self.accounts).status == 200)
            #expect(stage.clock.bootMilliseconds() == started)
            let path = "/v3/marketdata/quotes/AAPL"
            #expect(try await stage.clock.whileTimePasses { try await bot.get(path).status } == 200)
            #expect(stage.clock.bootMilliseconds() - started == 7000)
        }
        #expect(stage.emulator.counts.apiRequests == 3)
    }

    @Test func `an order is sent at once, although the quota looks used up`() async throws {
        let session = try await manager.session(named: "paper")
        let path = "/v3/orderexecution/orders/1"
        stage.respond(
            429,
            headers: ["Retry-After": "60"],
            #"{"Error":"TooManyRequests","Message":"Rate quota exceeded"}"#
        )
        #expect(try await session.delete(path, timeout: .seconds(1)).status == 429)
        stage.respond(200, #"{"OrderID":"1","Message":"Cancel request sent"}"#)
        #expect(try await session.delete(path).status == 200)
        #expect(stage.emulator.counts.apiRequests == 2)
    }

    @Test func `the quota of another login is its own`() async throws {
        limit(2, seconds: 20)
        let paper = try await manager.session(named: "paper")
        for _ in 1...2 { _ = try await paper.get(Self.accounts) }
        try await stage.add("guest", user: 1, to: manager)
        let guest = try await manager.session(named: "guest")
        #expect(guest.quota == nil)
        #expect(try await guest.get(Self.accounts, timeout: .seconds(1)).status == 200)
        #expect(guest.quota?.remaining == 1)
    }

    @Test func `quotas of several resources are listed until they are full again`() async throws {
        limit(5, seconds: 20)
        let session = try await manager.session(named: "paper")
        _ = try await session.get(Self.accounts)
        stage.clock.advance(by: .seconds(5))
        _ = try await session.get(Self.quotes)
        let login = session.profile.login.id
        try await stage.withManager { other in
            #expect(other.quotas(of: login).map(\.resource) == ["quote-snapshot", "accounts"])
            #expect(other.quotas(of: login).map(\.remaining) == [4, 4])
            stage.clock.advance(by: .seconds(15))
            #expect(other.quotas(of: login).map(\.resource) == ["quote-snapshot"])
            stage.clock.advance(by: .seconds(5))
            #expect(other.quotas(of: login).isEmpty)
        }
        #expect(session.quotas.isEmpty)
        #expect(session.quota == nil)
    }

    @Test func `a store in memory has its quotas in memory, for all managers that share it`() async throws {
        limit(2, seconds: 20)
        let store = StoreChoice.inMemory()
        try await stage.withManager(configure: { $0.store = store }) { first in
            try await stage.add("paper", to: first)
            let session = try await first.session(named: "paper")
            for _ in 1...2 { #expect(try await session.get(Self.accounts).status == 200) }
            try await stage.withManager(configure: { $0.store = store }) { second in
                let other = try await second.session(named: "paper")
                #expect(try await other.get(Self.accounts, timeout: .seconds(3)).status == 429)
            }
        }
        #expect(stage.emulator.counts.throttled == 0)
    }

    @Test(arguments: [Data(repeating: 0xFF, count: 300_000), Data(), Data(repeating: 7, count: 1000)])
    func `any content of the quota file costs at most a 429`(content: Data) async throws {
        limit(2, seconds: 20)
        let session = try await manager.session(named: "paper")
        for _ in 1...2 { #expect(try await session.get(Self.accounts).status == 200) }
        let file = URL(fileURLWithPath: stage.directory + "/locks/quotas")
        let handle = try FileHandle(forWritingTo: file)
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: content)
        try handle.close()
        #expect(session.quota == nil)
        let answer = try await stage.clock.whileTimePasses { try await session.get(Self.accounts) }
        #expect(answer.status == 200)
        #expect(stage.emulator.counts.throttled == 1)
    }

    @Test func `a stream is opened although its quota is used up, but not during a pause`() async throws {
        limit(1, seconds: 20)
        let session = try await manager.session(named: "paper")
        let path = "/v3/marketdata/stream/quotes/MSFT"
        var events = session.stream(path, of: Quote.self).makeAsyncIterator()
        _ = try await events.next()
        #expect(session.quota?.remaining == 0)
        stage.emulator.changeSettings { $0.quotaLimit = 5 }
        var others = session.stream(path, of: Quote.self).makeAsyncIterator()
        _ = try await others.next()
        #expect(stage.emulator.counts.streamsOpened == 2)
    }

    private struct Quote: Decodable { let Symbol: String? }
}
