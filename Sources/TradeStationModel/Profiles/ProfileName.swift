/// The name of a profile: 1 to 64 of the characters `A-Z a-z 0-9 . _ -`, beginning with a letter or digit.
///
/// Two names that differ only in case are equal.
public struct ProfileName: Sendable, CustomStringConvertible {
    /// The name as the user typed it.
    public let text: String

    /// Words that are not allowed as names, because the command line uses them.
    package static let reserved: Set<String> = ["verify", "profile", "profiles"]

    /// Creates a name from its text.
    ///
    /// - Throws: ``AccountsError`` `bad_name` if the text breaks the rules.
    public init(_ text: String) throws(AccountsError) {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, bytes.count <= 64, Self.isAlphanumeric(first),
            bytes.allSatisfy({ Self.isAlphanumeric($0) || $0 == 0x2E || $0 == 0x5F || $0 == 0x2D })
        else {
            throw AccountsError(
                .badName,
                "This is not a valid profile name.",
                reason: "A name has 1 to 64 of the characters A-Z a-z 0-9 . _ - and begins with a letter or digit.",
                suggestion: "choose a name like swing or ira-2"
            )
        }
        guard !Self.reserved.contains(text.lowercased()) else {
            throw AccountsError(
                .badName,
                "\"\(text)\" cannot be a profile name: it is a reserved word.",
                suggestion: "choose a name like swing or ira-2"
            )
        }
        self.text = text
    }

    /// The name as the user typed it.
    public var description: String { text }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}

extension ProfileName: Hashable {
    /// Compares two names without regard to case.
    public static func == (left: ProfileName, right: ProfileName) -> Bool {
        left.text.lowercased() == right.text.lowercased()
    }

    /// Hashes the name without regard to case.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(text.lowercased())
    }
}

extension ProfileName {
    /// Returns the candidate that a mistyped name probably means.
    package static func nearest(to text: String, among candidates: [ProfileName]) -> ProfileName? {
        text.nearestWord(among: candidates.map(\.text)).flatMap { word in candidates.first { $0.text == word } }
    }
}
