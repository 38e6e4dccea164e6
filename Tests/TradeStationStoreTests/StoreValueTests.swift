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
    ])
    func `the environment determines the directories of the store`(
        environment: [String: String],
        data: String,
        config: String
    ) throws {
        let location = try StoreLocation.standard(environment: environment)
        #expect(location == StoreLocation(dataDirectory: data, configDirectory: config))
    }

    @Test(arguments: [[:], ["HOME": ""], ["HOME": "relative"], ["XDG_DATA_HOME": "/d"]])
    func `without a usable directory, locating the store throws`(environment: [String: String]) throws {
        let error = try #require(throws: AccountsError.self) { try StoreLocation.standard(environment: environment) }
        #expect(error.code == .noStoreDirectory)
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
