/// What one answer of the API says about the rate limit of its resource.
package struct QuotaReport: Hashable, Sendable {
    /// When the answer arrived.
    package var at: Timestamp
    /// How many requests are allowed in the time window.
    package var limit: Int?
    /// How many requests are left.
    package var remaining: Int?
    /// When the quota is full again.
    package var resetsAt: Timestamp?
    /// How long the server asks to send nothing, in milliseconds.
    package var pauseMilliseconds: Int64?

    /// Creates a report.
    package init(
        at: Timestamp,
        limit: Int? = nil,
        remaining: Int? = nil,
        resetsAt: Timestamp? = nil,
        pauseMilliseconds: Int64? = nil
    ) {
        self.at = at
        self.limit = limit
        self.remaining = remaining
        self.resetsAt = resetsAt
        self.pauseMilliseconds = pauseMilliseconds
    }
}
