public import TradeStationModel
import TradeStationOAuth

/// What an answer's headers said of the quota it used (TradeStation, "Rate Limiting Overview"). Each resource has its
/// own, for each user of an API key.
public struct APIQuota: Hashable, Sendable {
    /// Whose quota it is, for example `streaming-positions` (`X-RateLimit-Resource`).
    public let resource: String?
    /// How many requests the window takes (`X-RateLimit-Limit`).
    public let limit: Int?
    /// How many are left (`X-RateLimit-Remaining`).
    public let remaining: Int?
    /// When all of it is back (`X-RateLimit-Reset`, in seconds from the answer).
    public let resetsAt: Timestamp?

    /// Reads the headers; nil when they say nothing.
    init?(_ reply: HTTPExchangeResponse, now: Timestamp) {
        limit = Self.number("X-RateLimit-Limit", in: reply)
        remaining = Self.number("X-RateLimit-Remaining", in: reply)
        resetsAt = Self.number("X-RateLimit-Reset", in: reply).map {
            now.advanced(byMilliseconds: Int64($0) * 1000)
        }
        resource = reply.header("X-RateLimit-Resource").map { $0.printable(limit: 100) }
        guard limit != nil || remaining != nil || resetsAt != nil else { return nil }
    }

    /// How long an answer asks its client to stay away, in milliseconds; nil when it does not.
    static func pause(in reply: HTTPExchangeResponse) -> Int64? {
        if let seconds = RetryAfter.seconds(in: reply) { return Int64(seconds) * 1000 }
        guard reply.status == 429, let reset = number("X-RateLimit-Reset", in: reply) else { return nil }
        return Int64(min(max(reset, 1), longestPauseSeconds)) * 1000
    }

    /// As for `Retry-After`: no window of TradeStation's is longer ("Rate Limiting Overview").
    private static let longestPauseSeconds = 300

    /// A count, within a day and a little: an epoch, which other servers send as the reset, is not taken for a pause.
    private static func number(_ name: String, in reply: HTTPExchangeResponse) -> Int? {
        reply.header(name).flatMap { Int($0.filter { $0 != " " }) }.flatMap { (0...100_000).contains($0) ? $0 : nil }
    }
}
