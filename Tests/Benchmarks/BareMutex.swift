import Synchronization
import TradeStationSessions

/// The baseline: the minimum cost of a token with an expiry in Swift, a `Mutex` and one reading of the same clock.
final class BareMutex: Sendable {
    private let held: Mutex<(token: String, expiresAt: Int64)>
    private let clock = SystemClock()

    init(token: String) {
        held = Mutex((token, .max))
    }

    /// The token, if it has not expired. Not inlined, because calls of a session are not inlined either.
    @inline(never)
    func token() -> String? {
        let now = clock.bootMilliseconds()
        return held.withLock { now < $0.expiresAt ? $0.token : nil }
    }
}
