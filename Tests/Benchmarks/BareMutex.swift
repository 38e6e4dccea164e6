import Synchronization
import TradeStationSessions

/// The yardstick: the least that a token with an end costs in Swift, a `Mutex` around it and one look at the same clock.
final class BareMutex: Sendable {
    private let held: Mutex<(token: String, endsAt: Int64)>
    private let clock = SystemClock()

    init(token: String) {
        held = Mutex((token, .max))
    }

    /// The token while it lives. Not inlined: a session's caller does not see into the session either.
    @inline(never)
    func token() -> String? {
        let now = clock.bootMilliseconds()
        return held.withLock { now < $0.endsAt ? $0.token : nil }
    }
}
