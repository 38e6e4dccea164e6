/// An HTTP request as plain values, independent of its connection.
struct IncomingRequest: Sendable {
    var method: String
    /// The path as sent, without the query.
    var path: String
    var query = ""
    var authorization: String?
    var contentType: String?
    var cookie: String?
    var origin: String?
    var body = ""

    /// The decoded path components; nil if the percent-encoding is malformed.
    var pathComponents: [String]? {
        var components: [String] = []
        for piece in path.split(separator: "/") {
            guard let decoded = FormFields.decode(piece) else { return nil }
            components.append(decoded)
        }
        return components
    }

    /// The media type without its parameters, in lower case.
    var mediaType: String? {
        contentType?.split(separator: ";").first.map { String($0).trimmed.lowercased() }
    }

    /// The bearer token (RFC 6750 section 2.1).
    var bearerToken: String? {
        guard let authorization, authorization.lowercased().hasPrefix("bearer ") else { return nil }
        return String(authorization.dropFirst(7)).trimmed
    }

    /// The value of a cookie.
    func cookie(named name: String) -> String? {
        for piece in (cookie ?? "").split(separator: ";") {
            let parts = piece.split(separator: "=", maxSplits: 1)
            if parts.count == 2, String(parts[0]).trimmed == name { return String(parts[1]).trimmed }
        }
        return nil
    }
}

extension String {
    /// The text without spaces and tabs at either end.
    var trimmed: String {
        var text = self[...]
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return String(text)
    }
}
