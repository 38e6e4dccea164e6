/// An HTTP response that breaks the rules in ways that follow from its number.
struct HostileAnswer {
    private var random: SeededRandom

    /// The bytes of a response.
    static func bytes(_ number: Int) -> [UInt8] {
        var answer = HostileAnswer(random: SeededRandom(seed: number))
        return answer.bytes()
    }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: elements.indices, using: &random)]
    }

    private mutating func happens(oneIn count: Int) -> Bool { Int.random(in: 0..<count, using: &random) == 0 }

    private mutating func noise(_ longest: Int) -> [UInt8] {
        (0..<Int.random(in: 0...longest, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    private mutating func bytes() -> [UInt8] {
        if happens(oneIn: 20) { return noise(200) }
        if happens(oneIn: 20) { return otherProtocol() }
        var bytes: [UInt8] = []
        while happens(oneIn: 3) { bytes += head(status: pick(["100", "102", "103", "199", "101", "000", "099"])) }
        bytes += head(status: status()) + body()
        if happens(oneIn: 8) { bytes += head(status: "200") + body() }
        if happens(oneIn: 8) { bytes += noise(60) }
        return damaged(bytes)
    }

    private mutating func otherProtocol() -> [UInt8] {
        pick([
            Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8), [0, 0, 18, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 100],
            Array("220 mail.example ESMTP\r\n".utf8), Array("SSH-2.0-OpenSSH_9.6\r\n".utf8),
            [0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0], [0x15, 3, 1, 0, 2, 2, 40], Array("{\"access_token\":\"a\"}".utf8),
            Array("<html>no head</html>".utf8), Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8), [],
            Array("ICY 200 OK\r\n\r\n".utf8),
        ])
    }

    private mutating func status() -> String {
        if happens(oneIn: 3) { return pick(["200", "204", "304", "400", "429", "500", "302"]) }
        if happens(oneIn: 2) {
            let digits = String(Int.random(in: 0...999, using: &random))
            return String(repeating: "0", count: 3 - digits.count) + digits
        }
        return pick([
            "000", "001", "020", "099", "0", "00", "1", "20", "2000", "99999999999999999999", "-1", "-200", "+200",
            "2e2",
            "0x1", "", " ", "２００", "20O", "101", "600", "999",
        ])
    }

    private mutating func head(status: String) -> [UInt8] {
        let version =
            happens(oneIn: 3)
            ? pick([
                "HTTP/1.0", "HTTP/0.9", "HTTP/2", "HTTP/2.0", "HTTP/1.9", "HTTP/9.9", "http/1.1", "HTTP/11", "HTTX/1.1",
                "HTTP/-1.1", "HTTP", "", "HTTP/1.1 ", "HTTP /1.1", "HTTP/99999.1",
            ]) : "HTTP/1.1"
        let reason = pick([
            "OK", "x", "", "\u{0}", "Ünïcode", "\u{1B}[31m", String(repeating: "r", count: 5_000), "a\rb",
        ])
        var text = "\(version) \(status) \(reason)\r\n"
        while !happens(oneIn: 3) { text += field() + pick(["\r\n", "\r\n", "\r\n", "\n", "\r", ""]) }
        if happens(oneIn: 200) { for number in 0..<400 { text += "X-\(number): 1\r\n" } }
        return Array((text + pick(["\r\n", "\r\n", "\r\n", "\n", ""])).utf8)
    }

    private mutating func field() -> String {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: "Content-Length: " + pick(Self.lengths)
        case 1: "Transfer-Encoding: " + pick(Self.encodings)
        case 2: "Connection: " + pick(["close", "keep-alive", "upgrade", "upgrade, close", "", "Content-Length"])
        default: pick(Self.fields)
        }
    }

    private static let lengths = [
        "0", "2", "2", "7", "-1", "-0", "+2", "9223372036854775807", "9223372036854775808", "18446744073709551615",
        "18446744073709551616", "99999999999999999999999", "1e3", "2, 2", "2,3", "0x10", "", " ", "two", "2 2", "2;a",
    ]

    private static let encodings = [
        "chunked", "chunked", "chunked", "gzip, chunked", "chunked, gzip", "identity", "chunked, chunked", "xchunked",
        "\u{0B}chunked", "", "chunked\r\n , identity",
    ]

    private static let fields = [
        "Content-Type: application/json", "Upgrade: h2c", "Upgrade: websocket", "Trailer: X-T", "X-A: b\r\n folded",
        "X-A: b\r\n\tfolded\r\n again", " X-First: folded", "No colon", ": no name", "Bad name: 1", "X\u{0}Y: 1",
        "X: \u{0}",
        "Ünï: 1", "X: Ünï", "X-Empty:", "X-Empty: ", "X: \r", "Retry-After: -99999999999999999999", "Date: x",
        "Content-Encoding: gzip", "Location: https://elsewhere.example/", "Set-Cookie: a=b", "Keep-Alive: timeout=-1",
        "X-Long: " + String(repeating: "v", count: 9_000), "Proxy-Authenticate: Basic", "Content-Length : 2",
    ]

    private mutating func body() -> [UInt8] {
        if happens(oneIn: 2) { return Array(pick(["{}", "", "{}\r\n", "{\"error\":\"x\"}"]).utf8) }
        var text = ""
        while !happens(oneIn: 3) {
            text +=
                pick(["2", "2", "2", "02", "0000000000000000002", "a", "-1", "ffffffffffffffff", "10000000000000000"])
                + pick(["", "", ";ext=1", ";", " ", ";\u{0}"]) + pick(["\r\n", "\r\n", "\n", ""]) + "{}"
                + pick(["\r\n", "\r\n", "\n", "", "x"])
        }
        text += pick(["0\r\n", "0\r\n", "0\r\n", "0", "0;e\r\n", "00\r\n"])
        while happens(oneIn: 3) { text += field() + "\r\n" }
        return Array((text + pick(["\r\n", "\r\n", ""])).utf8)
    }

    private mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        if happens(oneIn: 4), !bytes.isEmpty {
            bytes = Array(bytes.prefix(Int.random(in: bytes.indices, using: &random)))
        }
        if happens(oneIn: 4), !bytes.isEmpty {
            bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        return bytes
    }
}
