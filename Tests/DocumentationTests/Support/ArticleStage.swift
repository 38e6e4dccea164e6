import Foundation
import TradeStationTesting

/// The setup that articles assume: the profiles `swing` and `paper` on one login, and an emulator.
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

    /// The same in the standard store, in a separate home directory and with the current time. This changes the
    /// environment of the process, so use it only in exit tests.
    static func atHome(_ body: (EmulatedTradeStation) async throws -> Void) async throws {
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("tsd-\(UUID().uuidString)")
        setenv("TSACCOUNTS_HOME", home.path, 1)
        defer { try? FileManager.default.removeItem(at: home) }
        try await with(store: .standard, clock: TestClock(wall: SystemClock().wallTime()), body)
    }
}
