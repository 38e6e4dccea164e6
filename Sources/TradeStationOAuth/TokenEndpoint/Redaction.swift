package import TradeStationModel

/// Takes secrets out of a text that came from outside.
package enum Redaction {
    /// The shortest piece of a secret that is recognised when a server echoes only part of it.
    private static let shortestPiece = 8
    /// Longer texts are cut before they are searched.
    private static let longestText = 4_096

    /// The text, printable and at most `limit` characters, with every secret and every long piece of one replaced.
    package static func printable(_ text: String, without secrets: [Secret], limit: Int) -> String {
        let secrets = secrets.map(\.exposed).filter { !$0.isEmpty }
        // The longest form first: a secret can be a piece of another one.
        let forms =
            secrets
            .flatMap { [$0, FormEncoding.encode($0), FormEncoding.encodeQuery($0)] }
            .map { Array($0.unicodeScalars) }
            .sorted { $0.count > $1.count }
        // One walk, so that the replacement itself is never searched.
        var result = ""
        var plain = ""
        var rest = text.unicodeScalars.prefix(longestText)
        while let scalar = rest.first {
            if let form = forms.first(where: { rest.starts(with: $0) }) {
                result += redactPieces(of: secrets, in: plain) + "<redacted>"
                plain = ""
                rest.removeFirst(form.count)
            } else {
                plain.unicodeScalars.append(scalar)
                rest.removeFirst()
            }
        }
        return (result + redactPieces(of: secrets, in: plain)).printable(limit: limit - 1)
    }

    /// Looks at every run of characters that tokens are made of.
    private static func redactPieces(of secrets: [String], in text: String) -> String {
        var result = ""
        var run = ""
        func flush() {
            result += secrets.contains { sharePiece(run, $0) } ? "<redacted>" : run
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

    /// Whether two texts have a piece in common that is long enough to matter.
    private static func sharePiece(_ text: String, _ secret: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count >= shortestPiece else { return false }
        return (0...(bytes.count - shortestPiece)).contains { start in
            secret.contains(String(decoding: bytes[start..<(start + shortestPiece)], as: UTF8.self))
        }
    }
}
