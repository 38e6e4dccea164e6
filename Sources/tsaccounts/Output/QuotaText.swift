import TradeStationBroker
import TradeStationSessions

/// Quotas in human-readable form and as JSON.
struct QuotaText {
    let time: TimeText

    /// What is left, for example `212 of 250 left, full again in 3 min`; nil if neither number is known.
    func line(_ quota: APIQuota) -> String? {
        let end = quota.resetsAt.map { "full again in \(TimeText.duration(max(0, time.secondsLeft(until: $0))))" }
        let left = quota.remaining.map { "\($0)" + (quota.limit.map { " of \($0)" } ?? "") + " left" }
        let parts = [left, end].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// The quota of a list that has the smallest part left.
    private func tightest(_ quotas: [APIQuota]) -> APIQuota? {
        quotas.filter { $0.remaining != nil }.min { Self.part($0) < Self.part($1) }
    }

    /// A table cell: what is left of the tightest quota, for example `212 of 250 positions`.
    func cell(_ quotas: [APIQuota]) -> String? {
        guard let quota = tightest(quotas), let left = quota.remaining else { return nil }
        return [String(left), quota.limit.map { "of \($0)" }, quota.resource].compactMap { $0 }.joined(separator: " ")
    }

    /// A quota as a JSON object.
    func json(_ quota: APIQuota) -> JSONText {
        .object([
            ("resource", .optional(quota.resource)), ("limit", .optional(quota.limit.map(Int64.init))),
            ("remaining", .optional(quota.remaining.map(Int64.init))),
            ("resets_at", .optional(quota.resetsAt?.description)),
            ("resets_in_seconds", .optional(quota.resetsAt.map(time.secondsLeft(until:)))),
        ])
    }

    /// The part of a quota that is left, from 0 to 1.
    private static func part(_ quota: APIQuota) -> Double {
        guard let remaining = quota.remaining, let limit = quota.limit, limit > 0 else { return 1 }
        return Double(remaining) / Double(limit)
    }
}
