import Testing
import TradeStationTesting

@Suite struct StreamingTests {
    @Test func `quotes are printed, and an interruption is reported`() async throws {
        try await ArticleStage.with { stage in
            let session = try await stage.manager.session(named: "paper")
            let (lines, line) = AsyncStream.makeStream(of: String.self)
            let loop = Task {
                defer { line.finish() }
                try await stage.clock.whileTimePasses {
                    try await Streaming.quotes(session) { line.yield("\($0) \($1)") }
                }
            }
            var printed = lines.makeAsyncIterator()
            #expect(await printed.next()?.hasPrefix("MSFT ") == true)
            #expect(await printed.next()?.hasPrefix("AAPL ") == true)
            #expect(stage.emulator.streams.strike(.goAway) == 1)
            #expect(await printed.next() == "reopened after go_away")
            loop.cancel()
            await #expect(throws: CancellationError.self) { try await loop.value }
        }
    }

    @Test func `positions are used when the snapshot is complete, also after an interruption`() async throws {
        try await ArticleStage.with { stage in
            let session = try await stage.manager.session(named: "paper")
            let account = EmulatorUser.defaults[0].simAccounts[0]
            let (reports, report) = AsyncStream.makeStream(of: Set<String>.self)
            let loop = Task {
                defer { report.finish() }
                try await stage.clock.whileTimePasses {
                    try await Streaming.positions(session, account: account) { report.yield(Set($0.keys)) }
                }
            }
            var reported = reports.makeAsyncIterator()
            let first = try #require(await reported.next())
            #expect(!first.isEmpty)
            let gone = try #require(first.first)
            stage.emulator.streams.send(#"{"PositionID":"\#(gone)","Deleted":true}"#)
            #expect(await reported.next() == first.subtracting([gone]))
            #expect(stage.emulator.streams.strike(.cut) == 1)
            #expect(await reported.next() == first)
            loop.cancel()
            await #expect(throws: CancellationError.self) { try await loop.value }
        }
    }

    @Test func `a stream that another session has replaced is not reopened`() async throws {
        try await ArticleStage.with { stage in
            let session = try await stage.manager.session(named: "paper")
            stage.emulator.script([EmulatorFault(at: .stream, .stream(.dualLogon, afterObjects: 1))])
            var quotes = 0
            var printed: [String] = []
            try await Streaming.untilDualLogon(
                session,
                path: "/v3/marketdata/stream/quotes/MSFT",
                handle: { _ in quotes += 1 },
                print: { printed.append($0) }
            )
            #expect(quotes == 1)
            #expect(printed == ["Another program streams as this user."])
            #expect(stage.emulator.counts.streamsOpened == 1)
        }
    }

    @Test func `a stream in a scope ends in the same way`() async throws {
        try await ArticleStage.with { stage in
            let session = try await stage.manager.session(named: "paper")
            stage.emulator.script([EmulatorFault(at: .stream, .stream(.dualLogon, afterObjects: 1))])
            var quotes = 0
            await #expect(throws: StreamError.self) {
                try await Streaming.scoped(session, path: "/v3/marketdata/stream/quotes/MSFT") { _ in quotes += 1 }
            }
            #expect(quotes == 1)
            try await stage.emulator.wait { $0.openStreams == 0 }
        }
    }
}
