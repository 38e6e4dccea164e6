import Foundation

/// The current time and the source of random bytes for handling a request.
struct DecisionContext: Sendable {
    let now: Date
    let randomBytes: @Sendable (Int) -> [UInt8]

    /// A secret of `count` random bytes, as text.
    func secret(_ count: Int = 32) -> String {
        Base64URL.encode(randomBytes(count))
    }
}

/// Timestamps in RFC 3339 format, in UTC with milliseconds; always 24 characters.
enum Timestamp {
    static func text(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
