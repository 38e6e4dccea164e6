import Testing

@testable import TradeStationOAuth

/// The rules of `NO_PROXY`.
@Suite struct ProxyExceptionsTests {
    @Test(arguments: [
        ("example.com", "example.com", true), ("example.com", "a.example.com", true),
        (".example.com", "a.example.com", true),
        (".example.com", "example.com", true), ("example.com", "badexample.com", false),
        ("example.com", "example.org", false),
        ("EXAMPLE.com.", "Example.COM", true), ("example.com", "example.com.", true), ("*", "anything.test", true),
        ("a.test,b.test", "b.test", true), ("a.test, b.test", "b.test", true), ("a.test b.test", "b.test", true),
        ("example.com:443", "example.com", true), ("example.com:8443", "example.com", false),
        ("", "example.com", false),
        (".", "example.com", false), ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.70", false),
        ("192.0.2.0/24", "192.0.2.200", true), ("192.0.2.0/24", "192.0.3.1", false),
        ("192.0.2.128/25", "192.0.2.5", false),
        ("0.0.0.0/0", "203.0.113.9", true), ("2001:db8::/32", "2001:db8:1::5", true),
        ("2001:db8::/32", "2001:db9::5", false),
        ("[2001:db8::5]:443", "2001:db8::5", true), ("[2001:db8::5]:80", "2001:db8::5", false),
        ("192.0.2.0/33", "192.0.2.0", false), ("192.0.2.0/24", "example.com", false), ("2.7", "192.0.2.7", false),
    ])
    func `an entry stands for the hosts that curl takes it for`(_ list: String, _ host: String, _ isContained: Bool) {
        #expect(ProxyExceptions(list).contain(host: host, port: 443) == isContained)
    }
}
