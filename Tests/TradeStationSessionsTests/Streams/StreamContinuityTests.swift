import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

/// A stream that is open for hours.
@Suite(.stage()) struct StreamContinuityTests {
    private let stage = SessionStage.current
    private var manager: SessionManager { stage.manager }

    @Test(.stage(rotate: true))
    func `three tokens, a GoAway and a 401 lose no object of an open stream, with one stream at a time`()
        async throws
    {
        stage.emulator.changeSettings { $0.heartbeatSeconds = 0 }
        let session = try await manager.session(named: "paper")
        // No reader waits while time passes: thirty seconds of waiting would be silence.
        var quotes = session.stream(SessionStage.quotes, of: Tick.self).makeAsyncIterator()
        #expect(try await quotes.next()?.symbol == "MSFT")
        var sent = 0
        var seen = 0
        for life in 1...3 {
            // Objects from before and after the refresh come on the same stream.
            sent = send(after: sent)
            stage.clock.advance(by: .seconds(1200))
            _ = try await session.accessToken()
            #expect(stage.emulator.counts.refreshes == life)
            sent = send(after: sent)
            seen = try await read(&quotes, after: seen, until: sent)
            #expect(stage.emulator.counts.streamsOpened == (life == 1 ? 1 : 2))
            guard life != 2 else { continue }
            // Sent and not yet read when the server ends the stream.
            sent = send(after: sent)
            if life == 3 { stage.emulator.expireAccessTokens() }
            stage.emulator.streams.strike(life == 1 ? .goAway : .end)
            seen = try await read(&quotes, after: seen, until: sent)
            let marker = try await reopening(stream: life == 1 ? 2 : 3) { try await quotes.next() }
            #expect(marker == .reopened(life == 1 ? .goAway : .connectionLost))
            #expect(try await quotes.next()?.symbol == "MSFT")
        }
        #expect(stage.emulator.log.suffix(3).map(\.status) == [401, 200, 200])
        sent = send(after: sent)
        #expect(try await read(&quotes, after: seen, until: sent) == 45)
        #expect(stage.emulator.counts.refreshes == 4)
        #expect(stage.emulator.counts.streamsOpened == 3)
    }

    /// Sends five more numbered objects on the one open stream.
    ///
    /// - Returns: the number of the last.
    private func send(after last: Int) -> Int {
        let objects = (last + 1...last + 5).map { #"{"Symbol":"S\#($0)"}"# }
        #expect(stage.emulator.streams.send(objects) == 1)
        return last + 5
    }

    /// Reads numbered objects and checks that none is missing and none comes twice.
    ///
    /// - Returns: the number of the last.
    private func read(
        _ quotes: inout SessionStream<Tick>.Iterator,
        after first: Int,
        until last: Int
    ) async throws -> Int {
        for number in first + 1...last {
            let symbol = try await quotes.next()?.symbol
            try #require(symbol == "S\(number)")
        }
        return last
    }

    /// Runs `body` while a stream is opened again, and checks that the old one is closed before the pause passes.
    private func reopening<Value>(
        stream: Int,
        _ body: () async throws -> Value
    ) async throws -> Value {
        let driver = Task {
            try await stage.emulator.wait { $0.openStreams == 0 }
            #expect(stage.emulator.counts.streamsOpened == stream - 1)
            try await stage.clock.whileTimePasses(sleepingLessThan: .seconds(1)) {
                try await stage.emulator.wait { $0.openStreams == 1 && $0.streamsOpened == stream }
            }
        }
        let value = try await body()
        try await driver.value
        return value
    }

    @Test
    func `a valid token that a stream refuses is refreshed once, and the refusal of its successor ends the stream`()
        async throws
    {
        let session = try await manager.session(named: "paper")
        var quotes = try await stage.openQuotes()
        let refusal = StreamTrouble.error(title: "Unauthorized", message: "Not with this token.")
        stage.emulator.streams.strike(refusal)
        #expect(try await stage.clock.whileTimePasses { try await quotes.next() } == .reopened(.tokenRefused))
        #expect(try await quotes.next()?.symbol == "MSFT")
        #expect(stage.emulator.counts.refreshes == 1)
        // After half a minute a refusal counts as the first one again.
        stage.clock.advance(by: .seconds(31))
        stage.emulator.streams.strike(refusal)
        #expect(try await stage.clock.whileTimePasses { try await quotes.next() } == .reopened(.tokenRefused))
        #expect(try await quotes.next()?.symbol == "MSFT")
        #expect(stage.emulator.counts.refreshes == 2)
        stage.emulator.streams.strike(refusal)
        let end = await #expect(throws: StreamError.self) { try await quotes.next() }
        #expect(end?.error == "Unauthorized")
        #expect(try await quotes.next() == nil)
        // Another stream does not ask for a token that would not help, either.
        var other = session.stream(SessionStage.quotes, of: Tick.self).makeAsyncIterator()
        #expect(try await other.next()?.symbol == "MSFT")
        stage.emulator.streams.strike(refusal)
        await #expect(throws: StreamError.self) { try await other.next() }
        #expect(stage.emulator.counts.refreshes == 2)
        #expect(stage.emulator.counts.streamsOpened == 4)
        #expect(stage.clock.sleeperCount == 0)
    }

    /// Another manager, whose sleeps can be counted.
    private func withListeningClock(_ body: (Session, ListeningClock) async throws -> Void) async throws {
        stage.emulator.changeSettings { $0.heartbeatSeconds = 0 }
        let clock = ListeningClock(stage.clock)
        try await stage.withManager(configure: { $0.clock = clock }) { manager in
            try await body(try await manager.session(named: "paper"), clock)
        }
    }

    /// Lets the rest of half a minute and a pause pass.
    private func silence(seconds: Double) async throws {
        stage.clock.advance(by: .seconds(seconds))
        try await stage.emulator.wait { $0.openStreams == 0 }
        let opened = stage.emulator.counts.streamsOpened
        try await stage.clock.whileTimePasses(sleepingLessThan: .seconds(1)) {
            try await stage.emulator.wait { $0.streamsOpened > opened }
        }
    }

    @Test func `thirty seconds of silence are measured from the last byte, also from that of a heartbeat`() async throws
    {
        try await withListeningClock { session, clock in
            var reader = StreamReader(session.stream(SessionStage.quotes, of: Tick.self))
            #expect(await reader.symbols(1) == ["MSFT"])
            // One for the opening, one for the first object, and the wait for the next one.
            var waits = 3
            try await clock.waitForSleeps(waits, milliseconds: 30_000)
            for _ in 1...4 {
                stage.clock.advance(by: .seconds(29.9))
                stage.emulator.streams.sendHeartbeat()
                waits += 1
                try await clock.waitForSleeps(waits, milliseconds: 30_000)
            }
            #expect(stage.emulator.counts.streamsOpened == 1)
            #expect(stage.emulator.counts.openStreams == 1)
            try await silence(seconds: 30)
            #expect(await reader.next() == .event(.reopened(.silence)))
            await reader.stop()
        }
    }

    @Test func `a connection on which nothing arrives is closed after thirty seconds`() async throws {
        stage.emulator.script([EmulatorFault(at: .stream, .stream(.silence, afterObjects: 0))])
        try await withListeningClock { session, clock in
            var reader = StreamReader(session.stream(SessionStage.quotes, of: Tick.self))
            try await clock.waitForSleeps(2, milliseconds: 30_000)
            stage.clock.advance(by: .seconds(29.9))
            #expect(stage.emulator.counts.openStreams == 1)
            try await silence(seconds: 0.1)
            #expect(await reader.next() == .event(.reopened(.silence)))
            #expect(await reader.symbols(1) == ["MSFT"])
            #expect(stage.emulator.counts.streamsOpened == 2)
            await reader.stop()
        }
    }

    @Test func `many objects and a huge one arrive complete, and one that is too long is an error`() async throws {
        stage.emulator.changeSettings { $0.streamChunks = .several }
        var quotes = try await stage.openQuotes()
        stage.emulator.streams.send((0..<5000).map { #"{"Symbol":"S\#($0)"}"# })
        for number in 0..<5000 {
            guard try await quotes.next()?.symbol == "S\(number)" else {
                Issue.record("S\(number) is missing")
                return
            }
        }
        let long = String(repeating: "🦊", count: 200_000)
        stage.emulator.streams.send(#"{"Symbol":"giant","Last":"\#(long)"}"#)
        #expect(try await quotes.next() == .element(Tick(Symbol: "giant", Last: long)))
        stage.emulator.streams.send(text: #"{"Symbol":"\#(long)\#(long)"#)
        let end = await #expect(throws: AccountsError.self) { try await quotes.next() }
        #expect(end?.code == .serverError)
        try await stage.emulator.wait { $0.openStreams == 0 }
    }

    @Test func `a v2 stream follows the same rules`() async throws {
        struct Bar: Decodable, Sendable, Equatable {}
        stage.emulator.changeSettings { $0.heartbeatSeconds = 0 }
        let session = try await stage.addV2(to: manager)
        var bars = session.stream("/stream/tickbars/MSFT/1/2", of: Bar.self).makeAsyncIterator()
        // The stream does not begin with a history.
        let feeder = Task {
            try await stage.emulator.wait { $0.openStreams == 1 }
            stage.emulator.streams.sendNext()
        }
        #expect(try await bars.next() == .element(Bar()))
        try await feeder.value
        #expect(stage.emulator.streams.open.map(\.kind) == [.tickBars])
        stage.emulator.streams.strike(.goAway)
        #expect(try await stage.clock.whileTimePasses { try await bars.next() } == .reopened(.goAway))
        stage.emulator.streams.strike(.dualLogon)
        let end = await #expect(throws: StreamError.self) {
            while try await bars.next() != nil {}
        }
        #expect(end?.isDualLogon == true)
        #expect(end?.path == "/v2/stream/tickbars/MSFT/1/2")
        #expect(stage.emulator.counts.streamsOpened == 2)
    }

    @Test func `two hundred streams at once deliver to each reader its own objects, and all end`() async throws {
        stage.emulator.changeSettings { $0.heartbeatSeconds = 0 }
        let session = try await manager.session(named: "paper")
        let readers = (0..<200).map { number in
            let path = "/v3/marketdata/stream/quotes/S\(number)"
            return (number, StreamReader(session.stream(path, of: Tick.self)))
        }
        try await stage.emulator.wait { $0.openStreams == 200 }
        for open in stage.emulator.streams.open {
            let symbol = open.path.split(separator: "/").last ?? ""
            #expect(stage.emulator.streams.send(#"{"Symbol":"for \#(symbol)"}"#, to: .only(open)) == 1)
        }
        #expect(stage.emulator.streams.strike(.dualLogon) == 200)
        for (number, reader) in readers {
            var reader = reader
            #expect(await reader.symbols(2) == ["S\(number)", "for S\(number)"])
            guard case .failed(let error)? = await reader.next() else {
                Issue.record("\(number) has not ended")
                continue
            }
            #expect(error.isDualLogon)
        }
        try await stage.emulator.wait { $0.openStreams == 0 }
        #expect(stage.emulator.counts.streamsOpened == 200)
        #expect(stage.clock.sleeperCount == 0)
    }
}
