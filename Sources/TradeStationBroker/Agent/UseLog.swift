import Synchronization
import TradeStationModel
import TradeStationSessions

/// Writes the uses of profiles into the audit, behind the responses: a use never delays or fails one.
final class UseLog: Sendable {
    private let manager: SessionManager
    private let clock: any TimeSource
    private let waiting = Mutex<[ProfileUse]>([])
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    init(_ manager: SessionManager, clock: any TimeSource) {
        self.manager = manager
        self.clock = clock
        (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Notes a use. Returns at once.
    func note(_ use: ProfileUse) {
        waiting.withLock { if $0.count < Self.mostWaiting { $0.append(use) } }
        wake.yield()
    }

    /// Writes what is noted until the task is cancelled.
    ///
    /// - Parameter written: Called with the last audit rows before and after, if only these uses were added between them.
    func run(written: @Sendable (_ before: Int64, _ after: Int64) -> Void) async {
        for await _ in wakes {
            // Programs that start together share a transaction.
            try? await clock.sleep(milliseconds: Self.pause)
            await write(written: written)
        }
    }

    /// Writes what is noted now.
    func write(written: (_ before: Int64, _ after: Int64) -> Void) async {
        let uses = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        guard !uses.isEmpty else { return }
        let before = manager.lastChange
        await manager.record(uses)
        if let before, let after = manager.lastChange, after == before + Int64(uses.count) { written(before, after) }
    }

    private static let pause: Int64 = 100
    /// Bounds the memory while the store cannot be written.
    private static let mostWaiting = 10_000
}
