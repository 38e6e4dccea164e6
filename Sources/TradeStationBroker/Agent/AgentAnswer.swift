/// A response with `Content-Length`, as the agent's own client reads it.
struct AgentAnswer {
    let status: Int
    /// The body without the line break at its end.
    let line: String
    private let fields: [Substring]

    /// - Returns: nil if the response is not complete.
    init?(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
        let lines = text[..<end.lowerBound].split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count > 1, words[0] == "HTTP/1.1", let status = Int(words[1]) else { return nil }
        self.status = status
        fields = Array(lines.dropFirst())
        let body = text[end.upperBound...]
        line = body.hasSuffix("\n") ? String(body.dropLast()) : String(body)
        guard field("Content-Length") == String(body.utf8.count) else { return nil }
    }

    /// The value of a field, whose name is written as the agent writes it.
    func field(_ name: String) -> String? {
        fields.first { $0.hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) }
    }
}
