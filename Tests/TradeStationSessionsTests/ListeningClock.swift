import Synchronization
import TradeStationModel
import TradeStationTesting

/// A test clock that counts who sleeps on it, so that a test can wait until something waits anew.
final class ListeningClock: TimeSource {
    private let clock: TestClock
    private let sleeps = Mutex<[Int64: Int]>([:])

    init(_ clock: TestClock) {
        self.clock = clock
    }

    var bootID: String { clock.bootID }
    func bootMilliseconds() -> Int64 { clock.bootMilliseconds() }
    func wallTime() -> Timestamp { clock.wallTime() }

    func sleep(milliseconds: Int64) async throws {
        async let end: Void = clock.sleep(milliseconds: milliseconds)
        // It counts once the clock has it, or it is over already.
        sleeps.withLock { $0[milliseconds, default: 0] += 1 }
        try await end
    }

    /// Returns when somebody has begun to sleep that long so many times, and one sleeps now.
    func waitForSleeps(_ count: Int, milliseconds: Int64) async {
        while sleeps.withLock({ $0[milliseconds] ?? 0 }) < count || !clock.sleeps(for: .milliseconds(milliseconds)) {
            await Task.yield()
        }
    }
}
