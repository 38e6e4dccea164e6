import GRDB
import TradeStationModel

/// The end of the audit, after which the next row is appended.
///
/// A row whose number is outside of ``AuditRecord/sequences`` was edited, and must not stop every write. It is not the last
/// row. But it took the place of one, so it counts as one: no number is used again that the change counters have shown.
struct AuditEnd {
    /// The sequence number of the last row, or a larger one if there are edited rows; 0 if there is no row.
    let sequence: Int64
    /// The `row_hash` of the last row; nil if there is none.
    let rowHash: String?

    init(of database: Database) throws {
        let numbers = AuditRecord.sequences
        let last = try Row.fetchOne(
            database.cachedStatement(
                sql: "SELECT seq, row_hash FROM audit WHERE seq BETWEEN ? AND ? ORDER BY seq DESC LIMIT 1"
            ),
            arguments: [numbers.lowerBound, numbers.upperBound]
        )
        let edited = try Int64.fetchOne(
            database.cachedStatement(
                sql: "SELECT (SELECT count(*) FROM audit WHERE seq < ?) + (SELECT count(*) FROM audit WHERE seq > ?)"
            ),
            arguments: [numbers.lowerBound, numbers.upperBound]
        )
        sequence = try (last?.integer("seq") ?? 0) + (edited ?? 0)
        rowHash = try last?.text("row_hash")
    }
}
