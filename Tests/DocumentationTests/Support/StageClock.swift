import Synchronization
import TradeStationSessions

/// The machine's time, moved on at will. Pauses are over at once; limits, which are longer, take their time.
final class StageClock: TimeSource {
    private let system = SystemClock()
    private let lead = Mutex<Int64>(0)

    var bootID: String { system.bootID }

    func bootMilliseconds() -> Int64 { system.bootMilliseconds() + lead.withLock { $0 } }

    func wallTime() -> Timestamp { system.wallTime().advanced(byMilliseconds: lead.withLock { $0 }) }

    /// The longest pause of a stream or a refresh.
    private static let longestPause: Int64 = 30_000

    func sleep(milliseconds: Int64) async throws {
        guard milliseconds >= Self.longestPause else { return try Task.checkCancellation() }
        try await system.sleep(milliseconds: milliseconds)
    }

    /// Lets that much time pass.
    func advance(seconds: Int64) {
        lead.withLock { $0 += seconds * 1000 }
    }
}
