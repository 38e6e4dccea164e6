import Foundation

/// The target of a request: a path and a query that every server understands in the same way.
///
/// Refused are paths that a server might resolve to another one, because the fences decide by the path.
struct ProxyTarget: Hashable, Sendable {
    /// The path, as it was sent.
    let path: String
    /// The query with its question mark, with characters that a URL must not contain percent-encoded; empty if there is
    /// none.
    let query: String

    /// The longest target, in bytes.
    private static let longest = 16_384

    /// Reads a target in origin form (RFC 9112 section 3.2.1).
    ///
    /// - Throws: ``ProxyRefusal`` with status 400.
    init(_ uri: String) throws(ProxyRefusal) {
        guard uri.utf8.count <= Self.longest else { throw .malformed("The URL is longer than \(Self.longest) bytes.") }
        guard uri.hasPrefix("/") else { throw .malformed("The request must name a path, not a whole URL.") }
        guard uri.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") }) else {
            throw .malformed("The URL contains a space, a control character, a fragment or a character outside ASCII.")
        }
        let parts = uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts[0])
        query = parts.count == 2 ? "?" + Self.encoded(parts[1]) : ""
        guard Self.isPlain(path) else {
            throw .malformed(
                "The path contains empty, . or .. segments, a backslash, or an encoded slash, percent sign or control "
                    + "character."
            )
        }
    }

    private init(path: String, query: String) {
        self.path = path
        self.query = query
    }

    /// The first segment, and the target without it.
    var split: (first: String, rest: ProxyTarget) {
        let first = path.dropFirst().prefix { $0 != "/" }
        let rest = path.dropFirst(1 + first.count)
        return (String(first), ProxyTarget(path: rest.isEmpty ? "/" : String(rest), query: query))
    }

    /// Whether the path is one of the API.
    var isAPI: Bool { ["/v3/", "/v2/"].contains { path.hasPrefix($0) } }

    private static func isPlain(_ path: String) -> Bool {
        // A last empty segment is only a slash at the end.
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        return segments.enumerated().allSatisfy { index, segment in
            guard !segment.isEmpty || index == segments.count - 1 else { return false }
            guard let text = segment.removingPercentEncoding, !text.contains("%"),
                text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F && $0 != "/" && $0 != "\\" })
            else { return false }
            let name = text.split(separator: ";", omittingEmptySubsequences: false).first ?? ""
            return !(name.contains(".") && name.allSatisfy { $0 == "." || $0.isWhitespace })
        }
    }

    /// Percent-encodes what RFC 3986 does not allow in a query, such as `|` and `"`, which some programs send as it is.
    private static func encoded(_ query: Substring) -> String {
        var text = ""
        for byte in query.utf8 {
            if "\"<>[\\]^`{|}".utf8.contains(byte) {
                text += "%" + String(byte, radix: 16, uppercase: true)
            } else {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            }
        }
        return text
    }
}
