import GRDB
import TradeStationModel

/// What the audit holds and a board does not show yet. Read from the audit itself, so that word of a commit whose
/// process died before it could leave any comes with the next one.
struct BoardNews {
    /// Behind by more rows than this, a board is written anew.
    private static let mostRows: Int64 = 500

    /// The place of the last audit row.
    let head: Int64
    /// The slots of those that changed; nil when that may be all of them.
    let slots: Set<Int>?

    /// - Parameter shown: the head that the board shows; nil where there is no whole board.
    /// - Returns: nil when there is nothing to say.
    init?(in database: Database, shown: Int64?) throws {
        let newest = try Int64.fetchOne(database.cachedStatement(sql: "SELECT max(seq) FROM audit"))
        head = newest ?? 0
        guard head != shown else { return nil }
        guard let shown, shown >= 0, shown < head, head - shown <= Self.mostRows else {
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
                // What a newer version did may be anything.
                let isChange = AuditEvent(rawValue: try row.text("event"))?.changesTokens ?? true
                return isChange ? BoardWords.slot(of: Login.ID(rawValue: try row.integer("login_id"))) : nil
            }
        )
    }
}
