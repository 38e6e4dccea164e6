/// Text that must not leave the program by accident: a client secret or a token.
///
/// It prints, dumps and reflects as `<redacted>`, and is deliberately neither `Codable` nor `Hashable`.
/// ``exposed`` is the one door to the text.
public struct Secret: Sendable {
    /// The text itself. Whoever calls this owns where it goes.
    public let exposed: String

    /// Wraps a text that must stay out of logs, errors and files.
    public init(_ text: String) {
        exposed = text
    }

    /// Whether there is no text at all.
    public var isEmpty: Bool { exposed.isEmpty }
}

extension Secret: Equatable {
    /// Compares without stopping at the first difference, so that timing tells nothing about the text.
    public static func == (left: Secret, right: Secret) -> Bool {
        let (a, b) = (Array(left.exposed.utf8), Array(right.exposed.utf8))
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `<redacted>`.
    public var description: String { "<redacted>" }
    /// Always `<redacted>`.
    public var debugDescription: String { "<redacted>" }
    /// Shows no children, so that `dump` finds nothing.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
