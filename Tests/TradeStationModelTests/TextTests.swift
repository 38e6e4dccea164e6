import Testing
import TradeStationModel

@Suite struct TextTests {
    @Test func `a netstring decodes to the encoded fields`() {
        let fields = [nil, "", "a,b", "1:x,", "-,", "ä\n", nil]
        let bytes = Netstring.encode(fields)
        #expect(String(decoding: bytes, as: UTF8.self) == "-,0:,3:a,b,4:1:x,,2:-,,3:ä\n,-,")
        #expect(Netstring.decode(bytes) == fields)
        #expect(Netstring.decode([]) == [])
    }

    @Test(arguments: ["-", "-x", "3:ab,", "2:abc", "2ab,", "x:ab,", "-1:,", "1:a", "99999999:a,", ":,"])
    func `invalid netstrings are not decoded`(text: String) {
        #expect(Netstring.decode(Array(text.utf8)) == nil)
    }

    @Test func `bytes that are not UTF-8 are not decoded`() {
        #expect(Netstring.decode([0x31, 0x3A, 0xFF, 0x2C]) == nil)
    }

    @Test(arguments: [
        ("/a/b-c.d", "/a/b-c.d"), ("/a b", "'/a b'"), ("it's", #"'it'\''s'"#), ("", "''"), ("$(x)", "'$(x)'"),
    ])
    func `a quoted path is one word of a shell command`(path: String, word: String) {
        #expect(path.shellQuoted == word)
    }

    @Test func `printable text contains no control characters`() {
        #expect("a\u{1B}[2Jb\nc\u{202E}d".printable(limit: 20) == "a [2Jb c d")
        #expect("abcdef".printable(limit: 3) == "abc…")
    }

    @Test func `bytes are written as two lower-case hexadecimal digits each`() {
        #expect([UInt8]([0, 9, 10, 171, 255]).hexadecimal == "00090aabff")
    }
}
