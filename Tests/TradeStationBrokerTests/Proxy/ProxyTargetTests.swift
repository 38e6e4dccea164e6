import Testing

@testable import TradeStationBroker

@Suite struct ProxyTargetTests {
    @Test(arguments: [
        "/v3/brokerage/accounts", "/KEY/v3/marketdata/quotes/$SPX.X,MSFT", "/v3/symbols/MSFT%20260120C150",
        "/v3/brokerage/accounts/", "/v3/a.b/..c/d..", "/",
    ])
    func `a plain path stays as it is`(_ path: String) throws {
        let target = try ProxyTarget(path)
        #expect(target.path == path)
        #expect(target.query.isEmpty)
    }

    @Test func `a query stays as it is, except for what a URL must not contain`() throws {
        #expect(try ProxyTarget("/v3/a?b=c%2fd&e=../f&&g=?").query == "?b=c%2fd&e=../f&&g=?")
        #expect(try ProxyTarget("/v3/a?b={\"c\"|<d>^`[e]\\}").query == "?b=%7B%22c%22%7C%3Cd%3E%5E%60%5Be%5D%5C%7D")
        #expect(try ProxyTarget("/v3/a?").query == "?")
    }

    @Test func `the first segment can be taken off`() throws {
        let (first, rest) = try ProxyTarget("/KEY/v3/a?b").split
        #expect(first == "KEY")
        #expect(rest.path == "/v3/a" && rest.query == "?b")
        #expect(try ProxyTarget("/KEY").split.rest.path == "/")
        #expect(try ProxyTarget("/").split.first.isEmpty)
    }

    @Test(arguments: [
        "", "*", "v3/a", "//a", "/a//b", "/./a", "/a/..", "/a/%2E%2e/b", "/a/. ./b", "/a/.%20./b", "/a/..;x=1/b",
        "/a%2Fb",
        "/a%5Cb", "/a\\b", "/a%25b", "/a%2", "/a%zz", "/a%00", "/a%0A", "/a%7F", "/a%c3%28", "/a#b", "/a b", "/\u{e9}",
        "/a\u{7f}", "/a\r\nb", "http://a/b",
    ])
    func `what servers could understand differently is refused`(_ text: String) {
        #expect(throws: ProxyRefusal.self) { try ProxyTarget(text) }
    }

    @Test func `a target that is too long is refused`() throws {
        #expect(throws: ProxyRefusal.self) { try ProxyTarget("/" + String(repeating: "a", count: 16_384)) }
        _ = try ProxyTarget("/" + String(repeating: "a", count: 16_383))
    }
}
