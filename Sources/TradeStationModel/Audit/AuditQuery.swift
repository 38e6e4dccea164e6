/// A selection of audit rows. The result is ordered from oldest to newest.
public struct AuditQuery: Hashable, Sendable {
    /// Only rows of this login.
    public var loginID: Login.ID?
    /// Only rows at or after this time.
    public var since: Timestamp?
    /// Only rows at or before this time.
    public var until: Timestamp?
    /// Only rows after this sequence number.
    public var afterSequence: Int64?
    /// Only rows up to and including this sequence number.
    public var throughSequence: Int64?
    /// Only these events.
    public var events: Set<AuditEvent>?
    /// The maximum number of rows. If more rows match, the newest are selected, or the oldest if ``takesOldest`` is
    /// set.
    public var limit: Int?
    /// Whether a limit selects the oldest rows instead of the newest.
    public var takesOldest: Bool

    /// Creates a query. A parameter that is left out selects all rows.
    public init(
        loginID: Login.ID? = nil,
        since: Timestamp? = nil,
        until: Timestamp? = nil,
        afterSequence: Int64? = nil,
        throughSequence: Int64? = nil,
        events: Set<AuditEvent>? = nil,
        limit: Int? = nil,
        takesOldest: Bool = false
    ) {
        self.loginID = loginID
        self.since = since
        self.until = until
        self.afterSequence = afterSequence
        self.throughSequence = throughSequence
        self.events = events
        self.limit = limit
        self.takesOldest = takesOldest
    }
}
