import Testing
import TradeStationModel

@testable import TradeStationStore

@Suite struct StoreValueTests {
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
        (["TSACCOUNTS_HOME": "~/trading", "HOME": "/h/"], "/h/trading", "/h/trading"),
        (["TSACCOUNTS_HOME": "~", "HOME": "/h"], "/h", "/h"),
        (["HOME": "/h", "XDG_DATA_HOME": "~/d", "XDG_CONFIG_HOME": "~/c/"], "/h/d/tsaccounts", "/h/c/tsaccounts"),
    ])
    func `the environment determines the directories of the store`(
        environment: [String: String],
        data: String,
        config: String
    ) throws {
        let location = try StoreLocation.standard(environment: environment)
        #expect(location == StoreLocation(dataDirectory: data, configDirectory: config))
    }

    @Test(arguments: [
        [:], ["HOME": ""], ["HOME": "relative"], ["XDG_DATA_HOME": "/d"], ["TSACCOUNTS_HOME": "trading", "HOME": "/h"],
        ["TSACCOUNTS_HOME": "./trading", "HOME": "/h"], ["TSACCOUNTS_HOME": " ", "HOME": "/h"],
        ["TSACCOUNTS_HOME": "~/trading"], ["TSACCOUNTS_HOME": "~ann/trading", "HOME": "/h"],
        ["XDG_DATA_HOME": "~ann/d", "HOME": "/h"],
    ])
    func `without a usable directory, locating the store throws`(environment: [String: String]) throws {
        let error = try #require(throws: AccountsError.self) { try StoreLocation.standard(environment: environment) }
        #expect(error.code == .noStoreDirectory)
    }

    @Test(arguments: [
        ("/a/b/", "/a/b"), ("a", "/w/a"), ("./a", "/w/./a"), ("~/a", "/h/a"), ("~", "/h"), ("file:a", "/w/file:a"),
        ("file:a?mode=memory", "/w/file:a?mode=memory"), (":memory:", "/w/:memory:"), ("./~ann", "/w/./~ann"),
    ])
    func `a directory that a user names is a path, and becomes absolute`(path: String, expected: String) throws {
        let location = try StoreLocation.directory(path, environment: ["HOME": "/h"], workingDirectory: "/w")
        #expect(location == StoreLocation(directory: expected))
    }

    @Test(arguments: [("", "/w"), ("a", ""), ("~ann", "/w")])
    func `a directory that cannot be found is refused`(path: String, workingDirectory: String) throws {
        let error = try #require(throws: AccountsError.self) {
            try StoreLocation.directory(path, environment: ["HOME": "/h"], workingDirectory: workingDirectory)
        }
        #expect(error.code == .noStoreDirectory)
        #expect(error.suggestion != nil)
    }

    @Test func `a side file of the previous version is read as the answer to a refresh`() throws {
        let sample = try Sample()
        var staged = sample.staged("a", after: 1)
        #expect(StagedTokens(encoded: staged.encoded) == staged)
        staged.isSignIn = true
        #expect(StagedTokens(encoded: staged.encoded) == staged)
        let fields = try #require(Netstring.decode(staged.encoded))
        #expect(StagedTokens(encoded: Netstring.encode(fields.dropLast()))?.isSignIn == false)
    }
}
