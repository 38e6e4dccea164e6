import TradeStationModel

/// The `Retry-After` header field (RFC 9110 section 10.2.3).
package enum RetryAfter {
    /// The time to wait, in seconds, clamped to the range from 1 to 300; nil if the field is missing or unusable.
    ///
    /// A date is compared with the response's own `Date` field, so that a wrong local clock has no effect.
    package static func seconds(in response: HTTPExchangeResponse) -> Int? {
        guard let value = response.header("Retry-After")?.filter({ $0 != " " && $0 != "\t" }), !value.isEmpty else {
            return nil
        }
        if value.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { return clamp(Int64(value) ?? .max) }
        let until = response.header("Retry-After").flatMap(Timestamp.init(httpDate:))
        guard let until, let now = response.date else { return nil }
        return clamp((until.milliseconds - now.milliseconds) / 1_000)
    }

    private static func clamp(_ seconds: Int64) -> Int { Int(min(max(seconds, 1), 300)) }
}
