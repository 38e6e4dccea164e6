import Testing
import TradeStationTesting

/// Moving the clock while a program waits.
struct PassingTimeTests {
    private struct Quote: Decodable, Sendable, Equatable {
        let Symbol: String
    }

    private static let quotes = "/v3/marketdata/stream/quotes/MSFT"

    @Test func `a pause that the server requests is skipped, to the exact second`() async throws {
        try await withTradeStation { tradeStation in
            let session = try await tradeStation.manager.session(named: "sim")
            tradeStation.emulator.script([
                EmulatorFault(at: .api, .respond(status: 429, headers: ["Retry-After": "17"], body: "{}"))
            ])
            let before = tradeStation.clock.bootMilliseconds()
            let answer = try await tradeStation.clock.whileTimePasses {
                try await session.get("/v3/brokerage/accounts")
            }
            #expect(answer.status == 200)
            #expect(tradeStation.clock.bootMilliseconds() - before == 17_000)
        }
    }

    @Test func `a stream reconnects after its backoff`() async throws {
        try await withTradeStation { tradeStation in
            let session = try await tradeStation.manager.session(named: "sim")
            var quotes = session.stream(Self.quotes, of: Quote.self).makeAsyncIterator()
            #expect(try await quotes.next() == .element(Quote(Symbol: "MSFT")))
            tradeStation.emulator.script([
                EmulatorFault(at: .stream, .respond(status: 503, headers: [:], body: ""), times: 8)
            ])
            tradeStation.emulator.streams.strike(.goAway)
            let marker = try await tradeStation.clock.whileTimePasses { try await quotes.next() }
            #expect(marker == .reopened(.goAway))
        }
    }

    @Test func `ten quiet minutes with heartbeats do not end a stream`() async throws {
        try await withTradeStation { tradeStation in
            let listener = try await Self.listen(tradeStation)
            let before = tradeStation.clock.bootMilliseconds()
            try await tradeStation.pass(.seconds(600))
            #expect(tradeStation.clock.bootMilliseconds() - before == 600_000)
            #expect(tradeStation.emulator.counts.streamsOpened == 1)
            tradeStation.emulator.streams.sendNext()
            #expect(try await listener.value == .element(Quote(Symbol: "MSFT")))
        }
    }

    @Test func `a stream reconnects after half a minute of silence`() async throws {
        try await withTradeStation { tradeStation in
            let listener = try await Self.listen(tradeStation)
            tradeStation.emulator.streams.strike(.silence)
            try await tradeStation.pass(.seconds(31))
            #expect(try await tradeStation.clock.whileTimePasses { try await listener.value } == .reopened(.silence))
            #expect(tradeStation.emulator.counts.streamsOpened == 2)
        }
    }

    @Test func `a running manager keeps its sessions fresh`() async throws {
        try await withTradeStation { tradeStation in
            let session = try await tradeStation.manager.session(named: "sim")
            let running = Task { try await tradeStation.manager.run() }
            try await tradeStation.clock.waitForSleeper()
            try await tradeStation.pass(.seconds(3600))
            #expect(session.currentAccessToken() != nil)
            #expect((3...4).contains(tradeStation.emulator.counts.refreshes))
            running.cancel()
        }
    }

    /// A program that has received its first quote and waits for the next event.
    private static func listen(
        _ tradeStation: EmulatedTradeStation
    ) async throws -> Task<StreamEvent<Quote>?, any Error> {
        let session = try await tradeStation.manager.session(named: "sim")
        let (first, received) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            var quotes = session.stream(quotes, of: Quote.self).makeAsyncIterator()
            _ = try await quotes.next()
            received.finish()
            return try await quotes.next()
        }
        for await _ in first {}
        try await tradeStation.clock.waitForSleeper(of: .seconds(30))
        return task
    }

    @Test func `listening to events does not move the clock`() async throws {
        try await withTradeStation { tradeStation in
            let events = tradeStation.manager.events
            let listener = Task { await events.first { _ in true } }
            let session = try await tradeStation.manager.session(named: "sim")
            let before = tradeStation.clock.bootMilliseconds()
            tradeStation.emulator.script([EmulatorFault(at: .api, .delay(seconds: 0.2))])
            let answer = try await tradeStation.clock.whileTimePasses {
                try await session.get("/v3/brokerage/accounts")
            }
            #expect(answer.status == 200)
            #expect(tradeStation.clock.bootMilliseconds() == before)
            tradeStation.emulator.expireAccessTokens()
            #expect(try await session.get("/v3/brokerage/accounts").status == 200)
            guard case .refreshed(generation: 2, _) = await listener.value?.kind else {
                Issue.record("The listener did not receive the refresh event.")
                return
            }
        }
    }
}
