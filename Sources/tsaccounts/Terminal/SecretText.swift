/// A secret without what editors, clipboards and shells put around it: blanks, line ends, a byte order mark, quotes.
///
/// No secret of an OAuth server begins or ends with a blank, and none is in quotes.
struct SecretText: Equatable {
    /// The secret.
    let text: String
    /// What was removed, in words; nil if nothing was.
    let removed: String?

    /// - Parameter raw: The secret as it was typed or read.
    init(_ raw: String) {
        var text = Self.trimmed(raw)
        var found: [String] = []
        if raw.unicodeScalars.first == Self.byteOrderMark { found.append("a byte order mark") }
        let line = raw.unicodeScalars.drop { $0 == Self.byteOrderMark }
        if text.unicodeScalars.count < Self.withoutLineEnd(line).count { found.append("blanks") }
        if let quote = text.first, "\"'`".contains(quote), text.count > 1, text.last == quote {
            found.append("quotes")
            text = Self.trimmed(String(text.dropFirst().dropLast()))
        }
        self.text = text
        removed = found.isEmpty ? nil : found.joined(separator: " and ")
    }

    private static let byteOrderMark: Unicode.Scalar = "\u{FEFF}"

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || scalar == byteOrderMark || scalar == "\u{200B}"
    }

    private static func trimmed(_ text: String) -> String {
        let start = text.unicodeScalars.drop(while: isBlank)
        return String(String.UnicodeScalarView(start.reversed().drop(while: isBlank).reversed()))
    }

    private static func withoutLineEnd(_ text: some BidirectionalCollection<Unicode.Scalar>) -> [Unicode.Scalar] {
        Array(text.reversed().drop { $0 == "\n" || $0 == "\r" }.reversed())
    }
}
