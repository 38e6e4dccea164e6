import Testing
import TradeStationModel

@testable import TradeStationSessions

@Suite struct APIRequestTargetTests {
    static func profile(
        _ environment: Environment = .live,
        _ version: APIVersion = .v3,
        url: String? = nil
    ) throws -> Profile {
        Profile(
            id: .init(rawValue: 1),
            name: try ProfileName("p"),
            loginID: .init(rawValue: 1),
            environment: environment,
            apiVersion: version,
            apiURL: try url.map { try EndpointURL($0) },
            isReadOnly: false,
            accounts: nil,
            createdAt: Timestamp(milliseconds: 0)
        )
    }

    @Test func `a path goes to the profile's own host and version`() throws {
        #expect(
            try APIRequestTarget("/v3/brokerage/accounts", profile: Self.profile()).url
                == "https://api.tradestation.com/v3/brokerage/accounts"
        )
        #expect(
            try APIRequestTarget("/brokerage/accounts?x=1&y=/../", profile: Self.profile(.sim)).url
                == "https://sim-api.tradestation.com/v3/brokerage/accounts?x=1&y=/../"
        )
        #expect(
            try APIRequestTarget("/data/quote/MSFT", profile: Self.profile(.live, .v2)).url
                == "https://api.tradestation.com/v2/data/quote/MSFT"
        )
        #expect(
            try APIRequestTarget("/v3/x", profile: Self.profile(url: "http://127.0.0.1:99/live/")).url
                == "http://127.0.0.1:99/live/v3/x"
        )
    }

    @Test(arguments: [
        "", "brokerage", "https://evil.example/v3", "//evil.example/v3", "/v3/../../x", "/v3/%2e%2E/x", "/v3/.%2e",
        "/v3/a%2fb", "/a b", "/a\r\nHost: evil", "/a#b", "/a\\b", "/v2/data", "/é", "/./x", "/v3/..;a=b/x",
        "/v3/marketdata/..%20/brokerage", "/v3/%20./x", "/v3/.../x", "/v3/%2e%2e%09/x",
        "@evil.example",
    ])
    func `text that is not a plain path is refused`(_ path: String) throws {
        let profile = try Self.profile()
        #expect { try APIRequestTarget(path, profile: profile) } throws: { ($0 as? AccountsError)?.code == .usage }
    }
}
