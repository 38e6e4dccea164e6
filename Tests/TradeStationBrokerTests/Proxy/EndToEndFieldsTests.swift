import NIOHTTP1
import Testing

@testable import TradeStationBroker

@Suite struct EndToEndFieldsTests {
    private func names(_ fields: [(name: String, value: String)]) -> [String] { fields.map(\.name) }

    @Test func `what is meant for the connection or set by the proxy does not pass`() {
        let dropped: HTTPHeaders = [
            "Connection": "close, X-Named", "connection": "x-other", "X-Named": "1", "X-Other": "1", "Keep-Alive": "1",
            "Proxy-Connection": "1", "Proxy-Authorization": "1", "TE": "trailers", "Trailer": "x",
            "Transfer-Encoding": "chunked", "Upgrade": "websocket", "HTTP2-Settings": "1", "Authorization": "Bearer x",
            "Host": "a", "Content-Length": "1", "Expect": "100-continue", "Accept-Encoding": "gzip",
            "X-TSAccounts-Key": "k", "X-Forwarded-Host": "h", "Forwarded": "for=1", "X-HTTP-Method-Override": "POST",
            "X-Original-URL": "/", "Sec-Fetch-Mode": "cors", "Origin": "o", "Via": "1.1 a",
        ]
        #expect(EndToEndFields(isLocal: true).request(dropped).isEmpty)
        let passed: HTTPHeaders = [
            "Accept": "a", "Content-Type": "b", "User-Agent": "c", "X-Custom": "d", "x-custom": "e",
            "If-None-Match": "f",
            "Content-Encoding": "gzip",
        ]
        #expect(names(EndToEndFields(isLocal: true).request(passed)) == passed.map(\.name))
    }

    @Test func `cookies pass only for a program that asks for TradeStation's host`() {
        #expect(EndToEndFields(isLocal: true).request(["Cookie": "a=b"]).isEmpty)
        #expect(names(EndToEndFields(isLocal: false).request(["Cookie": "a=b"])) == ["Cookie"])
        #expect(EndToEndFields(isLocal: true).response([("Set-Cookie", "a=b")]).isEmpty)
        #expect(
            EndToEndFields(isLocal: false).response([("Set-Cookie", "a=b"), ("Set-Cookie", "c=d")])["set-cookie"].count
                == 2
        )
    }

    @Test func `an answer keeps its length unless it is chunked`() {
        let fields = EndToEndFields(isLocal: true)
        #expect(fields.response([("Content-Length", "5")])["content-length"] == ["5"])
        #expect(fields.response([("Content-Length", "5"), ("Transfer-Encoding", "chunked")]).isEmpty)
    }

    @Test func `an answer allows no web page and fakes no code of the proxy`() {
        let fields = [
            ("Access-Control-Allow-Origin", "*"), ("access-control-allow-credentials", "true"), ("X-TSAccounts", "x"),
            ("Connection", "X-Named"), ("x-named", "1"), ("Trailer", "a"), ("Proxy-Authenticate", "b"),
        ]
        #expect(EndToEndFields(isLocal: false).response(fields).isEmpty)
    }
}
