import Synchronization
import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

/// How streams end: by the server, by a fence, by their reader.
@Suite(.stage()) struct StreamEndTests {
    private let stage = SessionStage.current
    private var manager: SessionManager { stage.manager }

    /// The error that the stream ends with.
    private func end<Value: Sendable>(_ stream: inout SessionStream<Value>.Iterator) async -> (any Error)? {
        do {
            while try await stream.next() != nil {}
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [StreamTrouble.dualLogon, .error(title: "InternalServerError", message: "x")])
    func `DualLogon and other error objects end a stream, and nothing is sent after them`(
        trouble: StreamTrouble
    ) async throws {
        let title = trouble == .dualLogon ? "DualLogon" : "InternalServerError"
        var quotes = try await stage.openQuotes()
        stage.emulator.streams.strike(trouble)
        let error = await end(&quotes) as? StreamError
        #expect(error?.error == title)
        #expect(error?.isDualLogon == (title == "DualLogon"))
        #expect(error?.path == SessionStage.quotes)
        #expect(try await quotes.next() == nil)
        #expect(stage.emulator.counts.streamsOpened == 1)
        try await stage.emulator.wait { $0.openStreams == 0 }
        #expect(stage.clock.sleeperCount == 0)
    }

    @Test func `a 403 ends a stream, also when it is opened again`() async throws {
        let session = try await manager.session(named: "paper")
        var quotes = try await stage.openQuotes()
        stage.emulator.script([
            EmulatorFault(
                at: .stream,
                .respond(status: 403, headers: [:], body: #"{"Error":"Forbidden","Message":"No."}"#),
                times: 2
            )
        ])
        var other = session.stream(SessionStage.quotes, of: Tick.self).makeAsyncIterator()
        let refusal = await end(&other) as? APIError
        #expect(refusal?.status == 403)
        #expect(refusal?.error == "Forbidden")
        stage.emulator.streams.strike(.goAway)
        let error = await stage.clock.whileTimePasses { await end(&quotes) }
        #expect((error as? APIError)?.status == 403)
        #expect(stage.emulator.counts.streamsOpened == 1)
    }

    @Test func `two refused tokens in a row end a stream`() async throws {
        stage.emulator.script([
            EmulatorFault(at: .stream, .respond(status: 401, headers: [:], body: ""), times: 9)
        ])
        let session = try await manager.session(named: "paper")
        for _ in 1...3 {
            var quotes = session.stream(SessionStage.quotes, of: Tick.self).makeAsyncIterator()
            #expect((await end(&quotes) as? APIError)?.status == 401)
        }
        #expect(stage.emulator.counts.refreshes == 1)
        #expect(stage.emulator.counts.apiRequests == 4)
    }

    @Test(arguments: ["<html>", #"{"Symbol":7}"#, #"{"Symbol" "MSFT"}"#, #"{"Symbol":}"#])
    func `text that is not an object of the expected type is a typed error`(text: String) async throws {
        var quotes = try await stage.openQuotes()
        stage.emulator.streams.send(text: text)
        #expect((await end(&quotes) as? AccountsError)?.code == .serverError)
        try await stage.emulator.wait { $0.openStreams == 0 }
    }

    @Test func `a redirect is not followed`() async throws {
        stage.emulator.script([
            EmulatorFault(
                at: .stream,
                .respond(status: 307, headers: ["Location": stage.emulator.addresses.liveURL], body: "")
            )
        ])
        let session = try await manager.session(named: "paper")
        var quotes = session.stream(SessionStage.quotes, of: Tick.self).makeAsyncIterator()
        #expect((await end(&quotes) as? APIError)?.status == 307)
        #expect(stage.emulator.counts.apiRequests == 1)
    }

    @Test
    func `a fence stops a stream before anything is sent, and a new fence keeps a stream from being opened again`()
        async throws
    {
        let ids = EmulatorUser.defaults[0].simAccounts
        let session = try await manager.session(named: "paper")
        let path = "/v3/brokerage/stream/accounts/\(ids[1])/orders"
        struct Order: Decodable, Sendable {}
        var orders = session.stream(path, of: Order.self).makeAsyncIterator()
        guard case .endOfSnapshot? = try await orders.next() else {
            Issue.record("no snapshot")
            return
        }
        try await manager.registry.change(ProfileName("paper"), FenceChange(accounts: .only([ids[0]])))
        let before = stage.emulator.counts.apiRequests
        var more = session.stream(path, of: Order.self).makeAsyncIterator()
        #expect((await end(&more) as? AccountsError)?.code == .fenced)
        stage.emulator.streams.strike(.goAway)
        let error = await stage.clock.whileTimePasses { await end(&orders) }
        #expect((error as? AccountsError)?.code == .fenced)
        #expect(stage.emulator.counts.apiRequests == before)
        #expect(try await stage.events(manager).filter { $0 == "fenced" }.count == 2)
    }

    @Test func `a slow reader slows the server, and loses nothing`() async throws {
        var quotes = try await stage.openQuotes()
        let note = String(repeating: "x", count: 1 << 16)
        for number in 0..<400 {
            stage.emulator.streams.send(#"{"Symbol":"S\#(number)","Last":"\#(note)"}"#)
        }
        // These are 25 MiB. The server keeps what does not fit into the small buffers and those of the kernel.
        for number in 0..<400 { #expect(try await quotes.next()?.symbol == "S\(number)") }
        #expect(stage.emulator.counts.streamsOpened == 1)
    }

    @Test func `cancelling the reader and leaving the loop end the connection within milliseconds`() async throws {
        let session = try await manager.session(named: "paper")
        let stream = session.stream(SessionStage.quotes, of: Tick.self)
        let reader = Task {
            do {
                for try await _ in stream {}
                return false
            } catch {
                return error is CancellationError
            }
        }
        try await stage.emulator.wait { $0.openStreams == 1 }
        try await stage.clock.waitForSleeper(of: .seconds(30))
        let clock = ContinuousClock()
        let cancelling = try await clock.measure {
            reader.cancel()
            #expect(await reader.value)
            try await stage.emulator.wait { $0.openStreams == 0 }
        }
        let leaving = try await clock.measure {
            for try await _ in stream { break }
            try await stage.emulator.wait { $0.openStreams == 0 && $0.streamsOpened == 2 }
        }
        // Milliseconds on an idle machine; the bound only has to lie far below any timeout.
        #expect(max(cancelling, leaving) < .seconds(2), "\(cancelling) \(leaving)")
        #expect(stage.clock.sleeperCount == 0)
    }

    @Test func `closing the manager ends streams and pauses with closed and leaves no connection`() async throws {
        let port = try stage.port()
        let session = try await manager.session(named: "paper")
        let stream = session.stream(SessionStage.quotes, of: Tick.self)
        let readers = (0..<20).map { _ in
            Task { await code { for try await _ in stream {} } }
        }
        try await stage.emulator.wait { $0.openStreams == 20 }
        // Ten of them pause before they are opened again, ten are read.
        for open in stage.emulator.streams.open.prefix(10) {
            stage.emulator.streams.strike(.goAway, to: .only(open))
        }
        try await stage.emulator.wait { $0.openStreams == 10 }
        try await stage.clock.waitForSleepers(20)
        await manager.close()
        for reader in readers { #expect(await reader.value == .closed) }
        #expect(stage.clock.sleeperCount == 0)
        try await stage.emulator.wait { $0.openStreams == 0 }
        var late = stream.makeAsyncIterator()
        #expect((await end(&late) as? AccountsError)?.code == .closed)
        // The event loops close the connections a moment later.
        try await eventually { try connections(to: port) == 0 }
    }
}
