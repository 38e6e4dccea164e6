/// Decides whether `serve` may tell systemd that it is alive: each of its loops must have run a short time ago.
struct Watchdog: Sendable {
    /// The loops without which `serve` keeps nothing fresh.
    enum Loop: CaseIterable, Sendable {
        /// The one that looks for new and changed profiles, which reads the store.
        case profiles
        /// The one that refreshes logins when they are due.
        case refreshes
    }

    /// The time without a message after which systemd restarts the service, in milliseconds.
    let limit: Int64
    private var beats: [Loop: Int64] = [:]

    /// The watchdog that systemd asks for; nil if it asks for none, or asks another process.
    ///
    /// - Parameters:
    ///   - environment: `WATCHDOG_USEC` and `WATCHDOG_PID`, as `sd_watchdog_enabled(3)` specifies.
    ///   - now: The milliseconds since boot.
    init?(environment: [String: String], processID: Int32, now: Int64) {
        guard let microseconds = environment["WATCHDOG_USEC"].flatMap({ Int64($0) }), microseconds >= 1000 else {
            return nil
        }
        if let wanted = environment["WATCHDOG_PID"], Int32(wanted) != processID { return nil }
        limit = microseconds / 1000
        for loop in Loop.allCases { beats[loop] = now }
    }

    /// How often to send a message, in milliseconds: often enough that one may be late.
    var interval: Int64 { max(1, limit / 3) }

    /// Records that a loop runs.
    mutating func beat(_ loop: Loop, at now: Int64) {
        beats[loop] = now
    }

    /// Whether every loop runs.
    func isAlive(at now: Int64) -> Bool {
        Loop.allCases.allSatisfy { now - (beats[$0] ?? .min / 2) < limit }
    }
}
