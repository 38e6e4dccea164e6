import Foundation
import TradeStationTesting

/// What articles take for granted: the profiles `swing` and `paper` on one login, and a server that knows it.
enum ArticleStage {
    static func with(
        store: StoreChoice = .inMemory(),
        clock: TestClock = TestClock(),
        _ body: (EmulatedTradeStation) async throws -> Void
    ) async throws {
        try await withTradeStation(
            profiles: [TestProfile("swing", .live), TestProfile("paper", .sim)],
            clock: clock,
            configure: { $0.store = store },
            body
        )
    }

    /// The same in the standard store, for a process that has nothing else to do: it moves to a home of its own, where
    /// other managers live by the time of day.
    static func atHome(_ body: (EmulatedTradeStation) async throws -> Void) async throws {
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("tsd-\(UUID().uuidString)")
        setenv("TSACCOUNTS_HOME", home.path, 1)
        defer { try? FileManager.default.removeItem(at: home) }
        try await with(store: .standard, clock: TestClock(wall: SystemClock().wallTime()), body)
    }
}
