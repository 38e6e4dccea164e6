import TradeStationModel

/// The `Retry-After` header field (RFC 9110 section 10.2.3).
package enum RetryAfter {
    /// The time to wait, in seconds, limited to 1 to 300; nil if the field is missing or unusable.
    ///
    /// A date is compared with the response's own `Date` field, so that a wrong local clock has no effect.
    package static func seconds(in response: HTTPExchangeResponse) -> Int? {
        guard let value = response.header("Retry-After")?.filter({ $0 != " " && $0 != "\t" }), !value.isEmpty else {
            return nil
        }
        if value.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { return clamp(Int64(value) ?? .max) }
        guard let until = response.header("Retry-After").flatMap(date), let now = response.header("Date").flatMap(date)
        else { return nil }
        return clamp((until.milliseconds - now.milliseconds) / 1_000)
    }

    private static func clamp(_ seconds: Int64) -> Int { Int(min(max(seconds, 1), 300)) }

    /// Parses a date such as `Sun, 06 Nov 1994 08:49:37 GMT`, the only form that servers may send (RFC 9110 section
    /// 5.6.7).
    private static func date(_ text: String) -> Timestamp? {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", parts[1].utf8.count == 2,
            let month = months.firstIndex(of: String(parts[2]))
        else { return nil }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        return Timestamp("\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z")
    }
}
