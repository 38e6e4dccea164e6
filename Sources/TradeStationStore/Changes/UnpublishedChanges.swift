import GRDB
import TradeStationModel

/// The changes that are in the audit, but that the counters do not show yet.
///
/// They are read from the audit. So if a process died between its commit and the update of the counters, the next
/// commit publishes the changes of both.
struct UnpublishedChanges {
    /// The maximum number of unpublished rows to read; if there are more, all counters are advanced.
    private static let maximumRows: Int64 = 500

    /// The sequence number at the end of the audit.
    let head: Int64
    /// The slots of the logins that changed; nil when every login may have changed.
    let slots: Set<Int>?

    /// Reads the changes; nil when there are none.
    ///
    /// - Parameter shown: the head that the counters show; nil if they are incomplete.
    init?(in database: Database, shown: Int64?) throws {
        head = try AuditEnd(of: database).sequence
        guard head != shown else { return nil }
        guard let shown, shown >= 0, shown < head, head - shown <= Self.maximumRows else {
            slots = nil
            return
        }
        let rows = try Row.fetchAll(
            database.cachedStatement(
                sql: "SELECT login_id, event FROM audit WHERE seq > ? AND login_id IS NOT NULL"
            ),
            arguments: [shown]
        )
        slots = try Set(
            rows.compactMap { row in
                // An event that this version does not know may have changed the tokens.
                let isChange = AuditEvent(rawValue: try row.text("event"))?.changesTokens ?? true
                return isChange ? CounterPage.slot(of: Login.ID(rawValue: try row.integer("login_id"))) : nil
            }
        )
    }
}
