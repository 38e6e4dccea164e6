import Synchronization
import TradeStationSessions

/// The system clock with a count of the tasks that sleep on it.
final class CountingClock: TimeSource {
    private let system = SystemClock()
    private let sleepers = Atomic<Int>(0)

    /// The number of tasks that sleep now; each of them has a timer.
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
