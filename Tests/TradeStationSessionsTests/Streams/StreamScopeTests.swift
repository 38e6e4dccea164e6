import Testing
import TradeStationEmulator

@testable import TradeStationSessions

/// Connections end with whoever reads them, not with their next call.
@Suite(.serialized) struct StreamScopeTests {
    /// Milliseconds on an idle machine; the bound only has to lie far below any timeout.
    private static let atOnce = Duration.seconds(10)

    private func session(_ stage: SessionStage, _ body: (Session) async throws -> Void) async throws {
        stage.emulator.changeSettings { $0.heartbeatSeconds = 0 }
        try await stage.withStreamManager { try await body(try await $0.session(named: "paper")) }
    }

    @Test func `a task that is cancelled while it is busy with an object has no connection any more`() async throws {
        try await SessionStage.with { stage in
            try await session(stage) { session in
                let (busy, begun) = AsyncStream.makeStream(of: Void.self)
                let (gate, opened) = AsyncStream.makeStream(of: Void.self)
                let reader = Task {
                    try await session.withStream(SessionStage.quotes, of: Tick.self) { quotes in
                        for try await _ in quotes {
                            begun.yield()
                            // Deaf to the cancellation, as a call into other code may be.
                            await Task { for await _ in gate {} }.value
                        }
                    }
                }
                for await _ in busy { break }
                #expect(stage.emulator.counts.openStreams == 1)
                let time = try await ContinuousClock().measure {
                    reader.cancel()
                    try await stage.emulator.wait { $0.openStreams == 0 }
                }
                #expect(time < Self.atOnce)
                opened.finish()
                await #expect(throws: CancellationError.self) { try await reader.value }
                #expect(stage.emulator.counts.streamsOpened == 1)
            }
        }
    }

    @Test func `with the scope its streams end, however it is left`() async throws {
        struct Enough: Error {}
        try await SessionStage.with { stage in
            try await session(stage) { session in
                for isThrown in [false, true] {
                    var kept: SessionStream<Tick>.Iterator?
                    let result = await result {
                        try await session.withStream(SessionStage.quotes, of: Tick.self) { quotes in
                            var iterator = quotes.makeAsyncIterator()
                            let symbol = try await iterator.next()?.symbol
                            kept = iterator
                            if isThrown { throw Enough() }
                            return symbol
                        }
                    }
                    #expect((try? result.get()) == (isThrown ? nil : "MSFT"))
                    let time = try await ContinuousClock().measure {
                        try await stage.emulator.wait { $0.openStreams == 0 }
                    }
                    #expect(time < Self.atOnce)
                    #expect(kept != nil)
                }
            }
        }
    }

    @Test func `an iterator that is dropped takes its connection along`() async throws {
        try await SessionStage.with { stage in
            try await session(stage) { session in
                var quotes: SessionStream<Tick>.Iterator? =
                    session.stream(SessionStage.quotes, of: Tick.self).makeAsyncIterator()
                #expect(try await quotes?.next()?.symbol == "MSFT")
                #expect(stage.emulator.counts.openStreams == 1)
                let time = try await ContinuousClock().measure {
                    quotes = nil
                    try await stage.emulator.wait { $0.openStreams == 0 }
                }
                #expect(time < Self.atOnce)
            }
        }
    }

    private func result<Value: Sendable>(_ body: () async throws -> Value) async -> Result<Value, any Error> {
        do {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}
