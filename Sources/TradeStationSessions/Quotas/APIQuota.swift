public import TradeStationModel
import TradeStationOAuth

/// The rate limit of a resource, as the headers of the newest answer reported it (TradeStation's documentation page "Rate
/// Limiting Overview"), less the requests that were sent since.
///
/// Each resource has a quota of its own, for each user of an API key. All sessions and processes of a login share it.
public struct APIQuota: Hashable, Sendable {
    /// The resource that the quota is for, for example `streaming-positions` (`X-RateLimit-Resource`). If the
    /// answers name none, the method and the path.
    public let resource: String?
    /// How many requests are allowed in the time window (`X-RateLimit-Limit`).
    public let limit: Int?
    /// How many requests are left (`X-RateLimit-Remaining`).
    public let remaining: Int?
    /// When the quota is full again (`X-RateLimit-Reset`, in seconds after the answer).
    public let resetsAt: Timestamp?

    /// The quota that a row contains.
    init(_ row: QuotaRow) {
        resource = row.resource
        limit = row.limit
        remaining = row.available
        resetsAt = [row.resetsAt, row.pauseEnd].compactMap { $0 }.max()
    }

    /// Reads the headers; nil when they contain no quota.
    init?(_ reply: HTTPExchangeResponse, now: Timestamp) {
        limit = Self.number("X-RateLimit-Limit", in: reply)
        remaining = Self.number("X-RateLimit-Remaining", in: reply)
        resetsAt = Self.number("X-RateLimit-Reset", in: reply).map {
            now.advanced(byMilliseconds: Int64($0) * 1000)
        }
        resource = reply.header("X-RateLimit-Resource").map { $0.printable(limit: 100) }
        guard limit != nil || remaining != nil || resetsAt != nil else { return nil }
    }

    /// How long an answer asks the client to wait before the next request, in milliseconds; nil when it does not.
    static func pause(in reply: HTTPExchangeResponse) -> Int64? {
        if let seconds = RetryAfter.seconds(in: reply) { return Int64(seconds) * 1000 }
        guard reply.status == 429, let reset = number("X-RateLimit-Reset", in: reply) else { return nil }
        return Int64(min(max(reset, 1), longestPauseSeconds)) * 1000
    }

    /// The longest pause that is returned, the same as for `Retry-After`. TradeStation's time windows are not longer
    /// (page "Rate Limiting Overview").
    private static let longestPauseSeconds = 300

    /// Returns the number in a header, if it is at most 100,000 (about a day in seconds). Larger ones are ignored:
    /// other servers send a Unix time.
    private static func number(_ name: String, in reply: HTTPExchangeResponse) -> Int? {
        reply.header(name).flatMap { Int($0.filter { $0 != " " }) }.flatMap { (0...100_000).contains($0) ? $0 : nil }
    }
}
