/// What all programs on a store know about the quota of one resource for one login: what the newest answer said, and how
/// many requests were sent since.
///
/// Each request gets a number when it is sent. An answer counts the requests up to its own number, so those with a
/// higher number are still to be subtracted. A program that dies leaves nothing behind that the next answer does not put
/// right.
package struct QuotaRow: Hashable, Sendable {
    /// The longest time for which a request is held back, in milliseconds. TradeStation's time windows are not longer
    /// (its page "Rate Limiting Overview").
    package static let longestPause: Int64 = 300_000

    /// The login; 0 for the row of a path.
    package var login: Login.ID
    /// The name of the resource.
    package var resource: String
    /// How many requests are allowed in the time window; nil while it is unknown.
    package var limit: Int?
    /// How many requests were left after the request with the number ``newest``; nil while it is unknown.
    package var remaining: Int?
    /// When the row was changed by an answer, by the wall clock.
    package var answeredAt: Timestamp
    /// When the quota is full again; nil while it is unknown.
    package var resetsAt: Timestamp?
    /// The longest distance of ``resetsAt`` from an answer so far, in milliseconds: the length of the time window.
    package var window: Int64
    /// Until when the server wants no requests; nil if it has not said so.
    package var pauseEnd: Timestamp?
    /// The number of the last request that was sent.
    package var sent: Int64
    /// The number of the request whose answer ``remaining`` is from.
    package var newest: Int64

    /// Creates a row.
    package init(
        login: Login.ID,
        resource: String,
        limit: Int? = nil,
        remaining: Int? = nil,
        answeredAt: Timestamp,
        resetsAt: Timestamp? = nil,
        window: Int64 = 0,
        pauseEnd: Timestamp? = nil,
        sent: Int64 = 0,
        newest: Int64 = 0
    ) {
        self.login = login
        self.resource = resource
        self.limit = limit
        self.remaining = remaining
        self.answeredAt = answeredAt
        self.resetsAt = resetsAt
        self.window = window
        self.pauseEnd = pauseEnd
        self.sent = sent
        self.newest = newest
    }

    /// How many requests are left for the requests that are not sent yet; nil while it is unknown.
    package var available: Int? {
        remaining.map { max(0, $0 - Int(clamping: max(0, sent &- newest))) }
    }

    /// Whether the row says something about the quota at a time: it is not full again, and the wall clock was not set
    /// back since the answer.
    package func isCurrent(at now: Timestamp) -> Bool {
        let end = [resetsAt ?? answeredAt.advanced(byMilliseconds: Self.longestPause), pauseEnd].compactMap { $0 }.max()
        return answeredAt <= now && end.map { now < $0 } ?? false
    }

    /// How long the next request should wait, in milliseconds; nil if it need not.
    ///
    /// It is never longer than ``longestPause``, whatever the row contains.
    ///
    /// - Parameter onlyForPause: whether only a pause counts that the server asked for, and not an empty quota.
    package func wait(at now: Timestamp, onlyForPause: Bool = false) -> Int64? {
        // A row from the future was written before the wall clock was set back.
        guard answeredAt <= now else { return nil }
        let isEmpty = !onlyForPause && available == 0
        let latest = answeredAt.advanced(byMilliseconds: Self.longestPause)
        let ends = [pauseEnd, isEmpty ? resetsAt : nil].compactMap { $0.map { min($0, latest) } }
        guard let end = ends.max(), end > now else { return nil }
        return end.milliseconds - now.milliseconds
    }

    /// Counts a request that is sent now. If the quota is full again, a new time window begins.
    ///
    /// - Returns: the number of the request.
    package mutating func countRequest(at now: Timestamp) -> Int64 {
        if let limit, remaining != nil, let end = resetsAt, end <= now || now < answeredAt {
            // The next answer corrects this. Until then, no more requests are sent than the quota allows.
            remaining = limit
            newest = sent
            answeredAt = now
            resetsAt = now.advanced(byMilliseconds: window)
        }
        sent = sent &+ 1
        return sent
    }

    /// Counts a request no longer, because it got no answer, or one that says nothing about the quota.
    package mutating func uncountRequest() {
        newest = min(sent, newest &+ 1)
    }

    /// Records what an answer says.
    ///
    /// - Parameter number: the number of its request; nil if it had none, because the resource was not known yet.
    package mutating func record(_ report: QuotaReport, number: Int64?) {
        let number = number ?? (sent &+ 1)
        sent = max(sent, number)
        answeredAt = report.at
        if let pause = report.pauseMilliseconds {
            let end = report.at.advanced(byMilliseconds: min(max(0, pause), Self.longestPause))
            pauseEnd = max(pauseEnd ?? end, end)
        }
        limit = report.limit ?? limit
        if number >= newest {
            newest = number
            remaining = report.remaining ?? remaining.map { max(0, $0 - 1) }
            resetsAt = report.resetsAt ?? resetsAt
        } else if let left = report.remaining {
            // The server handled this request after a request that was sent later.
            remaining = min(remaining ?? left, left)
        }
        if let end = report.resetsAt {
            let length = min(max(1000, end.milliseconds - report.at.milliseconds), Self.longestPause)
            window = max(window, length)
        }
    }
}
