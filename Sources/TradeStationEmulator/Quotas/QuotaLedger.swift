import Foundation

/// How often each user used each resource within the window. The window rolls: capacity comes back gradually
/// (TradeStation, "Rate Limiting Overview").
struct QuotaLedger: Sendable {
    /// What a request finds when it is counted.
    struct Reading: Sendable, Equatable {
        let resource: String
        let limit: Int
        let periodSeconds: Int
        let remaining: Int
        /// Whole seconds until all capacity is back.
        let resetSeconds: Int
        /// Whole seconds until one more request passes; nil when this one did.
        let retryAfterSeconds: Int?
    }

    private struct Account: Hashable, Sendable {
        let username: String
        let resource: String
    }

    private var uses: [Account: [Date]] = [:]

    /// Counts a request if there is capacity for it.
    mutating func use(_ resource: String, by username: String, limit: Int, periodSeconds: Int, at now: Date) -> Reading
    {
        let account = Account(username: username, resource: resource)
        let start = now.addingTimeInterval(-Double(periodSeconds))
        var times = (uses[account] ?? []).filter { $0 > start }
        let passes = times.count < limit
        if passes { times.append(now) }
        uses[account] = times
        func secondsUntilFree(_ time: Date?) -> Int {
            time.map { Int(($0.timeIntervalSince(start)).rounded(.up)) } ?? 0
        }
        return Reading(
            resource: resource,
            limit: limit,
            periodSeconds: periodSeconds,
            remaining: limit - times.count,
            resetSeconds: secondsUntilFree(times.last),
            retryAfterSeconds: passes ? nil : secondsUntilFree(times.first)
        )
    }
}

extension Answer {
    /// With the headers that tell how much of the quota is left.
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
