/// Which audit rows are wanted; they come oldest first.
public struct AuditQuery: Hashable, Sendable {
    /// Only rows of this login.
    public var loginID: Login.ID?
    /// Only rows at or after this time.
    public var since: Timestamp?
    /// Only rows after this place in the chain.
    public var afterSequence: Int64?
    /// Only the newest that many.
    public var limit: Int?

    /// A query; whatever is not said does not narrow it.
    public init(loginID: Login.ID? = nil, since: Timestamp? = nil, afterSequence: Int64? = nil, limit: Int? = nil) {
        self.loginID = loginID
        self.since = since
        self.afterSequence = afterSequence
        self.limit = limit
    }
}
