package import TradeStationSessions

/// Decides when a view of the store is read again: at once when the audit has a new row, and else every 15 seconds.
package struct StorePulse: Sendable {
    /// What to do.
    package enum Beat: String, Hashable, Sendable {
        /// The store may have changed: read it.
        case changed
        /// Nothing has changed, and nobody was told so for a while.
        case alive
    }

    /// The time between two looks at the audit, in milliseconds.
    package static let intervalMilliseconds: Int64 = 1000
    private static let aliveMilliseconds: Int64 = 5000
    private static let changedMilliseconds: Int64 = 15_000

    private var newest: Int64?
    private var isFirst = true
    private var lastBeat: Int64
    private var lastChange: Int64

    /// - Parameter now: Milliseconds since boot.
    package init(now: Int64) {
        lastBeat = now
        lastChange = now
    }

    /// What to do now; nil for nothing.
    ///
    /// - Parameter newest: The sequence number of the newest audit row; nil if the audit cannot be read.
    package mutating func beat(newest: Int64?, now: Int64) -> Beat? {
        // What is shown can be older than the first look.
        let isNew = isFirst || newest != self.newest
        isFirst = false
        self.newest = newest
        if isNew || now - lastChange >= Self.changedMilliseconds {
            (lastBeat, lastChange) = (now, now)
            return .changed
        }
        guard now - lastBeat >= Self.aliveMilliseconds else { return nil }
        lastBeat = now
        return .alive
    }
}

extension SessionManager {
    /// The sequence number of the newest audit row; nil if there is none, or if the audit cannot be read.
    package nonisolated var newestAuditRow: Int64? {
        get async { try? await registry.auditRecords(AuditQuery(limit: 1)).last?.sequence }
    }
}
