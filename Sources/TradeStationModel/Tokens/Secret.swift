/// A client secret or a token: text that must not leave the program by accident.
///
/// It prints, dumps and reflects as `<redacted>`, and is deliberately neither `Codable` nor `Hashable`. Only ``exposed``
/// returns the text.
public struct Secret: Sendable {
    /// The text itself. The caller is responsible for where it goes.
    public let exposed: String

    /// Creates a secret from its text.
    public init(_ text: String) {
        exposed = text
    }

    /// Whether the text is empty.
    public var isEmpty: Bool { exposed.isEmpty }
}

extension Secret: Equatable {
    /// Compares two secrets without stopping at the first difference, so that timing reveals nothing about the text.
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
    /// A mirror without children, so that `dump` prints no text.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
