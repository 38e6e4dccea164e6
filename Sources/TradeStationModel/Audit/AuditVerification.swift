/// The result of checking the audit rows, which are chained by hashes, and the database that contains them.
public struct AuditVerification: Hashable, Sendable {
    /// The number of rows that were checked.
    public var rows: Int
    /// The sequence number of the first invalid row; nil if every row is valid.
    public var firstBadSequence: Int64?
    /// What is wrong with the first invalid row, the schema or the database file; nil if nothing is.
    public var problem: String?

    /// Creates a result.
    package init(rows: Int, firstBadSequence: Int64?, problem: String?) {
        self.rows = rows
        self.firstBadSequence = firstBadSequence
        self.problem = problem
    }

    /// Whether no problem was found.
    public var isIntact: Bool { problem == nil }
}
