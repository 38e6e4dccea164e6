/// Which audit rows are wanted; they come oldest first.
public struct AuditQuery: Hashable, Sendable {
    /// Only rows of this login.
    public var loginID: Login.ID?
    /// Only rows at or after this time.
    public var since: Timestamp?
    /// Only rows after this place in the chain.
    public var afterSequence: Int64?
    /// Only rows up to this place in the chain, and the one that has it.
    public var throughSequence: Int64?
    /// Only these events.
    public var events: Set<AuditEvent>?
    /// Only that many: the newest, or the oldest.
    public var limit: Int?
    /// Whether a limit leaves the oldest.
    public var takesOldest: Bool

    /// A query; whatever is not said does not narrow it.
    public init(
        loginID: Login.ID? = nil,
        since: Timestamp? = nil,
        afterSequence: Int64? = nil,
        throughSequence: Int64? = nil,
        events: Set<AuditEvent>? = nil,
        limit: Int? = nil,
        takesOldest: Bool = false
    ) {
        self.loginID = loginID
        self.since = since
        self.afterSequence = afterSequence
        self.throughSequence = throughSequence
        self.events = events
        self.limit = limit
        self.takesOldest = takesOldest
    }
}
