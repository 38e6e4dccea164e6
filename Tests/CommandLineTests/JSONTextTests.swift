import Foundation
import Testing
import TradeStationSessions

@Suite struct JSONTextTests {
    @Test func `any text is preserved on one line, with members in order`() throws {
        let original = "a\"b\\c\nd\u{0}e\u{7F}f\u{1B}[2Jé😀/"
        let line = JSONText.object([("z", .string(original)), ("a", .array([.null, .bool(true), .integer(-7)]))]).line
        #expect(!line.contains("\n"))
        #expect(line.hasPrefix("{\"z\":"))
        let read = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(read["z"] as? String == original)
        #expect((read["a"] as? [Any])?.count == 3)
    }
}
