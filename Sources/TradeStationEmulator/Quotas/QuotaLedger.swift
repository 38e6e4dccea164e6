import Foundation

/// The requests of each user for each resource within a rolling window (TradeStation, "Rate Limiting Overview").
struct QuotaLedger: Sendable {
    /// The state of a quota after a request.
    struct Reading: Sendable, Equatable {
        let resource: String
        let limit: Int
        let periodSeconds: Int
        let remaining: Int
        /// Whole seconds until the quota is completely unused.
        let resetSeconds: Int
        /// Whole seconds until one more request is allowed; nil if the current request was allowed.
        let retryAfterSeconds: Int?
    }

    private struct Key: Hashable, Sendable {
        let username: String
        let resource: String
    }

    private var requestTimes: [Key: [Date]] = [:]

    /// Counts a request if the quota allows it.
    mutating func use(_ resource: String, by username: String, limit: Int, periodSeconds: Int, at now: Date) -> Reading
    {
        let key = Key(username: username, resource: resource)
        let start = now.addingTimeInterval(-Double(periodSeconds))
        var times = (requestTimes[key] ?? []).filter { $0 > start }
        let isAllowed = times.count < limit
        if isAllowed { times.append(now) }
        requestTimes[key] = times
        func secondsUntilExpiry(of time: Date?) -> Int {
            time.map { Int(($0.timeIntervalSince(start)).rounded(.up)) } ?? 0
        }
        return Reading(
            resource: resource,
            limit: limit,
            periodSeconds: periodSeconds,
            remaining: limit - times.count,
            resetSeconds: secondsUntilExpiry(of: times.last),
            retryAfterSeconds: isAllowed ? nil : secondsUntilExpiry(of: times.first)
        )
    }
}

extension Answer {
    /// Returns a copy with the rate limit headers.
    func adding(_ reading: QuotaLedger.Reading?) -> Answer {
        guard let reading else { return self }
        var answer = self
        answer.fields += [
            Field(name: "x-ratelimit-limit", value: "\(reading.limit)"),
            Field(name: "x-ratelimit-period", value: "\(reading.periodSeconds)"),
            Field(name: "x-ratelimit-remaining", value: "\(reading.remaining)"),
            Field(name: "x-ratelimit-reset", value: "\(reading.resetSeconds)"),
            Field(name: "x-ratelimit-resource", value: reading.resource),
        ]
        return answer
    }
}
