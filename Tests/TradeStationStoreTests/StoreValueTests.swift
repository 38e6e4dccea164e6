import Testing
import TradeStationModel

@testable import TradeStationStore

@Suite(.serialized) struct StoreValueTests {
    @Test(arguments: [
        (["TSACCOUNTS_HOME": "/a/b/", "HOME": "/h"], "/a/b", "/a/b"),
        (["HOME": "/h"], "/h/.local/share/tsaccounts", "/h/.config/tsaccounts"),
        (["HOME": "/h", "TSACCOUNTS_HOME": ""], "/h/.local/share/tsaccounts", "/h/.config/tsaccounts"),
        (["HOME": "/h", "XDG_DATA_HOME": "/d", "XDG_CONFIG_HOME": "/c/"], "/d/tsaccounts", "/c/tsaccounts"),
        (
            ["HOME": "/h", "XDG_DATA_HOME": "d", "XDG_CONFIG_HOME": ""], "/h/.local/share/tsaccounts",
            "/h/.config/tsaccounts"
        ),
        (["XDG_DATA_HOME": "/d", "XDG_CONFIG_HOME": "/c"], "/d/tsaccounts", "/c/tsaccounts"),
    ])
    func `the environment says where the store is`(environment: [String: String], data: String, config: String) throws {
        let location = try StoreLocation.standard(environment: environment)
        #expect(location == StoreLocation(dataDirectory: data, configDirectory: config))
    }

    @Test(arguments: [[:], ["HOME": ""], ["HOME": "relative"], ["XDG_DATA_HOME": "/d"]])
    func `without a usable directory there is no store`(environment: [String: String]) throws {
        let error = try #require(throws: AccountsError.self) { try StoreLocation.standard(environment: environment) }
        #expect(error.code == .noStoreDirectory)
    }

    @Test func `a netstring reads back as what was written`() {
        let fields = [nil, "", "a,b", "1:x,", "-,", "ä\n", nil]
        let bytes = Netstring.encode(fields)
        #expect(String(decoding: bytes, as: UTF8.self) == "-,0:,3:a,b,4:1:x,,2:-,,3:ä\n,-,")
        #expect(Netstring.decode(bytes) == fields)
        #expect(Netstring.decode([]) == [])
    }

    @Test(arguments: ["-", "-x", "3:ab,", "2:abc", "2ab,", "x:ab,", "-1:,", "1:a", "99999999:a,", ":,"])
    func `what is not a netstring is not read`(text: String) {
        #expect(Netstring.decode(Array(text.utf8)) == nil)
    }

    @Test func `bytes that are not UTF-8 are not read as text`() {
        #expect(Netstring.decode([0x31, 0x3A, 0xFF, 0x2C]) == nil)
    }

    @Test(arguments: [
        ("/a/b-c.d", "/a/b-c.d"), ("/a b", "'/a b'"), ("it's", #"'it'\''s'"#), ("", "''"), ("$(x)", "'$(x)'"),
    ])
    func `a path in a suggestion can be pasted`(path: String, word: String) {
        #expect(path.shellQuoted == word)
    }

    @Test func `a side file of the version before is read, as the answer to a refresh`() throws {
        let sample = try Sample()
        var staged = sample.staged("a", after: 1)
        #expect(StagedTokens(encoded: staged.encoded) == staged)
        staged.isSignIn = true
        #expect(StagedTokens(encoded: staged.encoded) == staged)
        let fields = try #require(Netstring.decode(staged.encoded))
        #expect(StagedTokens(encoded: Netstring.encode(fields.dropLast()))?.isSignIn == false)
    }
}
