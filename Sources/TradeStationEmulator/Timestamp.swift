import Foundation

/// RFC 3339 in UTC with milliseconds: always 24 characters.
enum Timestamp {
    static func text(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
