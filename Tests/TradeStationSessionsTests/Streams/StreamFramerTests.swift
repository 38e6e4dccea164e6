import Testing

@testable import TradeStationSessions

@Suite struct StreamFramerTests {
    static let objects = [
        #"{"Symbol":"MSFT","Last":"1.5"}"#,
        #"{"Note":"brace } and { and \" and \\","Deep":{"A":[{"B":{}}]}}"#,
        #"{"Name":"zażółć 🦊 \\\"}"}"#,
        "{}",
        #"{"Heartbeat":1}"#,
    ]
    static let text = Array(("\r\n " + objects.joined(separator: "\n") + "\t\n").utf8)

    private func frames(_ pieces: [ArraySlice<UInt8>]) throws -> [String] {
        var framer = StreamFramer()
        var found: [String] = []
        for piece in pieces {
            framer.append(Array(piece))
            while let object = try framer.next() { found.append(String(decoding: object, as: UTF8.self)) }
        }
        return found
    }

    @Test func `objects are complete wherever two chunk boundaries fall`() throws {
        let text = Self.text
        for first in 0...text.count {
            for second in first...text.count {
                let found = try frames([text[..<first], text[first..<second], text[second...]])
                guard found == Self.objects else {
                    Issue.record("split at \(first) and \(second): \(found)")
                    return
                }
            }
        }
    }

    @Test func `objects are complete when each byte arrives alone`() throws {
        #expect(try frames(Self.text.indices.map { Self.text[$0...$0] }) == Self.objects)
    }

    @Test func `objects need no newline between them`() throws {
        #expect(try frames([#"{"A":1}{"B":"}"}"#.utf8.map { $0 }[...]]) == [#"{"A":1}"#, #"{"B":"}"}"#])
    }

    @Test(arguments: ["[1]", "null", "<html>", "}", "\"x\"", "\u{0}{}", "\u{FEFF}{}"])
    func `text that does not start an object is refused`(text: String) {
        var framer = StreamFramer()
        framer.append(Array(#"{"A":1}"#.utf8) + Array(text.utf8))
        #expect(throws: Never.self) { try framer.next() }
        #expect(throws: StreamFramer.Fault.notAnObject) { try framer.next() }
        #expect(throws: StreamFramer.Fault.notAnObject) { try framer.next() }
    }

    @Test func `an object may be as long as the limit, but not longer`() throws {
        var framer = StreamFramer(limit: 10)
        let fits = Array(#"{"A":"12"}"#.utf8)
        framer.append(fits + [0x0A] + fits)
        #expect(try framer.next() == fits)
        #expect(try framer.next() == fits)
        framer.append(Array(#"{"A":"123"}"#.utf8))
        #expect(throws: StreamFramer.Fault.tooLong) { try framer.next() }
        var endless = StreamFramer(limit: 10)
        for _ in 0..<10 { endless.append([UInt8(ascii: "{")]) }
        #expect(try endless.next() == nil)
        endless.append([UInt8(ascii: "{")])
        #expect(throws: StreamFramer.Fault.tooLong) { try endless.next() }
    }
}
