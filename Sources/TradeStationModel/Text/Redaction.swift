/// Removes secrets from text that another program sent.
package enum Redaction {
    /// The minimum length, in bytes, of a part of a secret that is removed even if the rest of the secret is missing.
    private static let minimumPartBytes = 8
    /// The number of Unicode scalars that are searched. A longer text is cut off after them.
    private static let maximumScalars = 4_096

    /// Replaces every secret, and every long part of one, and makes the text printable.
    ///
    /// - Parameters:
    ///   - text: The text to show.
    ///   - secrets: The secrets to remove.
    ///   - limit: The maximum number of characters of the result.
    package static func printable(_ text: String, without secrets: [Secret], limit: Int) -> String {
        let secrets = secrets.map(\.exposed).filter { !$0.isEmpty }
        // The longest form comes first, because a secret can be a part of another one.
        let forms =
            secrets
            .flatMap { [$0, FormEncoding.encode($0), FormEncoding.encodeQuery($0)] }
            .map { Array($0.unicodeScalars) }
            .sorted { $0.count > $1.count }
        // The text is searched in a single pass, so that the replacement text is never searched.
        var result = ""
        var plain = ""
        var rest = text.unicodeScalars.prefix(maximumScalars)
        while let scalar = rest.first {
            if let form = forms.first(where: { rest.starts(with: $0) }) {
                result += redactParts(of: secrets, in: plain) + "<redacted>"
                plain = ""
                rest.removeFirst(form.count)
            } else {
                plain.unicodeScalars.append(scalar)
                rest.removeFirst()
            }
        }
        return (result + redactParts(of: secrets, in: plain)).printable(limit: limit - 1)
    }

    /// Replaces every run of token characters that contains a long part of a secret.
    private static func redactParts(of secrets: [String], in text: String) -> String {
        var result = ""
        var run = ""
        func flush() {
            result += secrets.contains { shareLongPart(run, $0) } ? "<redacted>" : run
            run = ""
        }
        for scalar in text.unicodeScalars {
            if scalar.isASCII,
                scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                    || "-._~+/=".unicodeScalars.contains(scalar)
            {
                run.unicodeScalars.append(scalar)
            } else {
                flush()
                result.unicodeScalars.append(scalar)
            }
        }
        flush()
        return result
    }

    /// Whether the texts have a part in common that is long enough to reveal a secret.
    private static func shareLongPart(_ text: String, _ secret: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count >= minimumPartBytes else { return false }
        return (0...(bytes.count - minimumPartBytes)).contains { start in
            secret.contains(String(decoding: bytes[start..<(start + minimumPartBytes)], as: UTF8.self))
        }
    }
}
