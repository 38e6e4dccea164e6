import Testing
import TradeStationEmulator

@testable import TradeStationSessions

/// A connection ends with its reader, and not at the reader's next call.
@Suite(.stage()) struct StreamScopeTests {
    private let stage = SessionStage.current
    private var manager: SessionManager { stage.manager }

    /// It takes milliseconds on an idle machine. The bound only has to be far below any timeout.
    private static let atOnce = Duration.seconds(10)

    private func session() async throws -> Session {
        stage.emulator.changeSettings { $0.heartbeatSeconds = 0 }
        return try await manager.session(named: "paper")
    }

    @Test func `a task that is cancelled while it is busy with an object no longer has a connection`() async throws {
        let session = try await session()
        let (busy, begun) = AsyncStream.makeStream(of: Void.self)
        let (gate, opened) = AsyncStream.makeStream(of: Void.self)
        let reader = Task {
            try await session.withStream(SessionStage.quotes, of: Tick.self) { quotes in
                for try await _ in quotes {
                    begun.yield()
                    // This ignores the cancellation, as a call into other code may do.
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

    @Test func `streams end with their scope, also when it throws`() async throws {
        struct Enough: Error {}
        let session = try await session()
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

    @Test func `a connection ends when its iterator is released`() async throws {
        let session = try await session()
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

    private func result<Value: Sendable>(_ body: () async throws -> Value) async -> Result<Value, any Error> {
        do {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}
