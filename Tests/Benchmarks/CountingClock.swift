import Synchronization
import TradeStationSessions

/// The machine's clock, which knows how many tasks sleep on it.
final class CountingClock: TimeSource {
    private let system = SystemClock()
    private let sleepers = Atomic<Int>(0)

    /// How many tasks sleep at the moment: each of them has a timer.
    var sleeperCount: Int { sleepers.load(ordering: .sequentiallyConsistent) }

    var bootID: String { system.bootID }
    func bootMilliseconds() -> Int64 { system.bootMilliseconds() }
    func wallTime() -> Timestamp { system.wallTime() }

    func sleep(milliseconds: Int64) async throws {
        sleepers.add(1, ordering: .sequentiallyConsistent)
        defer { sleepers.subtract(1, ordering: .sequentiallyConsistent) }
        try await system.sleep(milliseconds: milliseconds)
    }
}
