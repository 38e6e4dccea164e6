/// What checking the audit chain found.
public struct AuditVerification: Hashable, Sendable {
    /// How many rows were read.
    public var rows: Int
    /// The first row that does not fit; nil when the whole chain holds.
    public var firstBadSequence: Int64?
    /// What does not fit about it, or about the table's guards.
    public var problem: String?

    /// A result.
    public init(rows: Int, firstBadSequence: Int64?, problem: String?) {
        self.rows = rows
        self.firstBadSequence = firstBadSequence
        self.problem = problem
    }

    /// Whether nothing was found.
    public var isIntact: Bool { problem == nil }
}
