import Testing
import TradeStationModel

@Suite struct EndpointURLTests {
    @Test(arguments: [
        "https://signin.tradestation.com/oauth/token", "http://127.0.0.1:8080/x", "http://localhost/token",
        "http://[::1]:99/a?b=c",
    ])
    func `https, and http on this machine, are accepted`(_ text: String) throws {
        #expect(try EndpointURL(text).text == text)
    }

    @Test(arguments: [
        "", "signin.tradestation.com", "http://example.com/token", "ftp://localhost/", "https://user:pw@example.com/",
        "https://example.com/#fragment", "https:///token", "https://example.com/ a", "https://example.com/\n",
        "http://localhost.example.com/", "http://127.0.0.1.example.com/",
    ])
    func `URLs that a secret must not be sent to are refused`(_ text: String) {
        #expect { try EndpointURL(text) } throws: { ($0 as? AccountsError)?.code == .usage }
    }

    @Test(arguments: [
        ("https://signin.tradestation.com/oauth/token", "https://signin.tradestation.com"),
        ("HTTPS://API.TradeStation.com:8443/v3?a=b", "https://api.tradestation.com:8443"),
        ("https://api%2Etradestation.com/v3", "https://api.tradestation.com"),
        ("http://[::1]:99/a", "http://[::1]:99"),
    ])
    func `the origin is scheme, host and port in lower case`(_ text: String, _ origin: String) throws {
        #expect(try EndpointURL(text).origin == origin)
    }
}
