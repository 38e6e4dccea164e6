import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

/// Streams of a real server: what interrupts them and what does not.
@Suite(.stage()) struct StreamLifeTests {
    private let stage = SessionStage.current
    private var manager: SessionManager { stage.manager }

    @Test(.stage(rotate: true)) func `a stream outlives three tokens, a GoAway and a 401`() async throws {
        let session = try await manager.session(named: "paper")
        var quotes = try await stage.openQuotes()
        // Tokens come and go under the open stream.
        for life in 1...3 {
            stage.clock.advance(by: .seconds(1200))
            _ = try await session.accessToken()
            #expect(stage.emulator.counts.refreshes == life)
            #expect(stage.emulator.streams.sendNext() == 1)
            #expect(try await quotes.next()?.symbol == "MSFT")
        }
        #expect(stage.emulator.counts.streamsOpened == 1)
        // The server sends GoAway, and refuses the token with which the stream is opened again.
        stage.emulator.expireAccessTokens()
        #expect(stage.emulator.streams.strike(.goAway) == 1)
        let marker = try await stage.clock.whileTimePasses { try await quotes.next() }
        #expect(marker == .reopened(.goAway))
        #expect(try await quotes.next()?.symbol == "MSFT")
        #expect(stage.emulator.log.suffix(3).map(\.status) == [401, 200, 200])
        #expect(stage.emulator.counts.refreshes == 4)
        #expect(stage.emulator.counts.streamsOpened == 2)
        try await stage.emulator.wait { $0.openStreams == 1 }
    }

    @Test func `a token that ended while the stream was open is replaced before it is opened again`() async throws {
        var quotes = try await stage.openQuotes()
        stage.emulator.changeSettings { $0.streamExpiry = .cut }
        stage.clock.advance(by: .seconds(1201))
        stage.emulator.streams.passTime()
        #expect(try await stage.clock.whileTimePasses { try await quotes.next() } == .reopened(.connectionLost))
        #expect(try await quotes.next()?.symbol == "MSFT")
        stage.emulator.changeSettings { $0.streamExpiry = .error }
        stage.clock.advance(by: .seconds(1201))
        stage.emulator.streams.passTime()
        #expect(try await stage.clock.whileTimePasses { try await quotes.next() } == .reopened(.tokenRefused))
        #expect(stage.emulator.counts.refreshes == 2)
        #expect(!stage.emulator.log.map(\.status).contains(401))
    }

    @Test func `order and position streams tell when their snapshot is complete, also after a GoAway`() async throws {
        struct Position: Decodable, Sendable, Equatable { let PositionID: String }
        let session = try await manager.session(named: "paper")
        let account = EmulatorUser.defaults[0].simAccounts[0]
        let path = "/v3/brokerage/stream/accounts/\(account)/positions"
        var positions = session.stream(path, of: Position.self).makeAsyncIterator()
        guard case .element(let first)? = try await positions.next() else {
            Issue.record("no position")
            return
        }
        #expect(try await positions.next() == .endOfSnapshot)
        #expect(stage.emulator.streams.strike(.goAway) == 1)
        #expect(try await stage.clock.whileTimePasses { try await positions.next() } == .reopened(.goAway))
        #expect(try await positions.next() == .element(first))
        #expect(try await positions.next() == .endOfSnapshot)
    }

    @Test func `thirty seconds of silence end a connection, and heartbeats keep it alive`() async throws {
        var quotes = try await stage.openQuotes()
        // Heartbeats that arrive while no reader waits are read before the time is measured.
        for _ in 1...3 { stage.emulator.streams.sendHeartbeat() }
        stage.emulator.streams.sendNext()
        #expect(try await quotes.next()?.symbol == "MSFT")
        stage.emulator.streams.strike(.silence)
        let silence = Task { [clock = stage.clock] in
            try await clock.waitForSleeper(of: .seconds(30))
            clock.advance(by: .seconds(29.9))
            #expect(stage.emulator.counts.streamsOpened == 1)
            clock.advance(by: .seconds(0.1))
        }
        #expect(try await stage.clock.whileTimePasses { try await quotes.next() } == .reopened(.silence))
        try await silence.value
        #expect(stage.emulator.counts.streamsOpened == 2)
        try await stage.emulator.wait { $0.openStreams == 1 }
    }

    @Test func `an object that was cut off is not delivered, and the stream is opened again`() async throws {
        var quotes = try await stage.openQuotes()
        stage.emulator.streams.strike(.cut)
        #expect(try await stage.clock.whileTimePasses { try await quotes.next() } == .reopened(.connectionLost))
        #expect(try await quotes.next()?.symbol == "MSFT")
        stage.emulator.streams.strike(.end)
        #expect(try await stage.clock.whileTimePasses { try await quotes.next() } == .reopened(.connectionLost))
    }

    @Test(arguments: StreamChunks.allCases)
    func `objects arrive complete for every way in which the server cuts its chunks`(chunks: StreamChunks) async throws
    {
        stage.emulator.changeSettings { $0.streamChunks = chunks }
        var quotes = try await stage.openQuotes()
        let sent = (0..<50).map { #"{"Symbol":"S\#($0)","Last":"{\"}🦊"}"# }
        stage.emulator.streams.send(sent)
        for number in 0..<50 {
            #expect(try await quotes.next() == .element(Tick(Symbol: "S\(number)", Last: "{\"}🦊")))
        }
    }

    @Test func `while the server is down the stream is opened with longer and longer pauses, one at a time`()
        async throws
    {
        var quotes = try await stage.openQuotes()
        stage.emulator.script([
            EmulatorFault(at: .stream, .respond(status: 503, headers: [:], body: ""), times: 3),
            EmulatorFault(at: .stream, .close, times: 2),
        ])
        let before = stage.clock.bootMilliseconds()
        stage.emulator.streams.strike(.goAway)
        #expect(try await stage.clock.whileTimePasses { try await quotes.next() } == .reopened(.goAway))
        // 0.5 + 1 + 2 + 4 + 8 + 16 s, each less up to half.
        #expect((15_750...31_500).contains(stage.clock.bootMilliseconds() - before))
        #expect(stage.emulator.counts.streamsOpened == 2)
        try await stage.emulator.wait { $0.openStreams == 1 }
    }

    @Test func `after a 429 a stream waits for as long as the headers ask`() async throws {
        stage.emulator.script([
            EmulatorFault(
                at: .stream,
                .respond(
                    status: 429,
                    headers: ["X-RateLimit-Reset": "17", "X-RateLimit-Remaining": "0"],
                    body: #"{"Error":"TooManyRequests","Message":"Stream quota exceeded"}"#
                )
            )
        ])
        let session = try await manager.session(named: "paper")
        var quotes = session.stream(SessionStage.quotes, of: Tick.self).makeAsyncIterator()
        let before = stage.clock.bootMilliseconds()
        #expect(try await stage.clock.whileTimePasses { try await quotes.next() }?.symbol == "MSFT")
        #expect(stage.clock.bootMilliseconds() - before == 17_000)
        // The quota is full again.
        #expect(session.quota == nil)
    }
}
