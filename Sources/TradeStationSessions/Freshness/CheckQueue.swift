import HeapModule
import TradeStationModel

/// The queue of scheduled login checks, earliest first, with a limit on concurrent checks. Uses no clock.
///
/// Scheduling a login again adds another entry. The login's ``CheckSchedule`` decides which entry is current; the
/// others are discarded when they become due.
struct CheckQueue: Sendable {
    struct Entry: Comparable, Sendable {
        /// The scheduled time, by the boot clock.
        let at: Int64
        let login: Login.ID

        static func < (left: Entry, right: Entry) -> Bool {
            (left.at, left.login.rawValue) < (right.at, right.login.rawValue)
        }
    }

    /// The maximum number of concurrent checks. Further checks wait in the order in which they are due.
    static let limit = 16

    private var entries = Heap<Entry>()
    /// The number of running checks.
    private(set) var runningCount = 0

    /// When the next check can start, by the boot clock; nil if none is scheduled or the limit is reached.
    var next: Int64? { runningCount < Self.limit ? entries.min?.at : nil }

    mutating func add(_ entry: Entry) { entries.insert(entry) }

    /// Removes and returns the entry that has been due the longest; nil if none is due or the limit is reached.
    mutating func popDue(at now: Int64) -> Entry? {
        guard let next, next <= now else { return nil }
        return entries.popMin()
    }

    /// Counts a check that starts.
    mutating func recordStart() { runningCount += 1 }

    /// Counts a check that has ended.
    mutating func recordEnd() { runningCount -= 1 }
}
