import NIOHTTP1
import Testing
import TradeStationModel

@testable import TradeStationBroker

@Suite struct DashboardGateTests {
    private let authority = "127.0.0.1:4711"
    private let gate = DashboardGate(port: 4711, random: .system, now: 0)

    private func head(
        _ target: String,
        method: HTTPMethod = .GET,
        host: String? = "127.0.0.1:4711",
        _ fields: [(String, String)] = []
    ) -> HTTPRequestHead {
        let hosts = host.map { [("Host", $0)] } ?? []
        return HTTPRequestHead(version: .http1_1, method: method, uri: target, headers: HTTPHeaders(hosts + fields))
    }

    private var link: String { String(gate.address(port: 4711).dropFirst("http://127.0.0.1:4711".count)) }

    private var cookie: [(String, String)] { [("Cookie", "other=1; tsaccounts_dashboard=\(gate.cookie)")] }

    private func status(_ decision: DashboardGate.Decision) -> Int? {
        if case .refuse(let status, _, _) = decision { status } else { nil }
    }

    @Test func `the link opens once, and then the cookie opens the page`() {
        var gate = gate
        #expect(gate.decide(head(link), now: 1) == .admit(byPage: false))
        #expect(status(gate.decide(head(link), now: 2)) == 403)
        #expect(gate.decide(head(gate.path, cookie), now: 3) == .page(DashboardView()))
        #expect(gate.decide(head(gate.path + "dashboard.css", cookie), now: 3) == .styleSheet)
        #expect(gate.decide(head(gate.path + "dashboard.js", cookie), now: 3) == .script)
        #expect(gate.decide(head(gate.path + "events", cookie), now: 3) == .events)
        #expect(status(gate.decide(head(gate.path + "other", cookie), now: 3)) == 404)
    }

    @Test func `the link ends after five minutes`() {
        var gate = gate
        #expect(status(gate.decide(head(link), now: DashboardGate.linkMilliseconds)) == 403)
        var late = self.gate
        #expect(late.decide(head(link), now: DashboardGate.linkMilliseconds - 1) == .admit(byPage: false))
    }

    @Test func `a wrong code opens nothing and does not use the link up`() {
        var gate = gate
        #expect(status(gate.decide(head(String(link.dropLast()) + "g"), now: 1)) == 403)
        #expect(status(gate.decide(head("/open/"), now: 1)) == 403)
        #expect(status(gate.decide(head(link, method: .HEAD), now: 1)) == 405)
        #expect(gate.decide(head(link), now: 1) == .admit(byPage: false))
    }

    @Test(arguments: ["", "tsaccounts_dashboard=", "tsaccounts_dashboard=00", "tsaccounts_dashboardx=1"])
    func `without the cookie there is nothing but a notice`(_ cookie: String) {
        var gate = gate
        for file in ["", "dashboard.css", "events"] {
            #expect(status(gate.decide(head(gate.path + file, [("Cookie", cookie)]), now: 1)) == 403)
        }
    }

    @Test func `the cookie is for one path and for no script`() {
        #expect(gate.cookieField.hasSuffix("; Path=\(gate.path); HttpOnly; SameSite=Strict"))
        #expect(!gate.path.contains(gate.cookie))
        #expect(!gate.cookie.isEmpty && gate.cookie != DashboardGate(port: 4711, random: .system, now: 0).cookie)
    }

    @Test(arguments: [
        "evil.example:4711", "127.0.0.1", "127.0.0.1:80", "localhost", "127.0.0.1:4711.evil.example", "[::1]:4711",
        "127.0.0.1:4711,evil.example", "", "2130706433:4711",
    ])
    func `another Host is refused with 421, also with the link and the cookie`(_ host: String) {
        var gate = gate
        #expect(status(gate.decide(head(link, host: host), now: 1)) == 421)
        #expect(status(gate.decide(head(gate.path, host: host, cookie), now: 1)) == 421)
        #expect(gate.decide(head(link), now: 1) == .admit(byPage: false))
    }

    @Test func `no Host, or two, are refused`() {
        var gate = gate
        #expect(status(gate.decide(head(link, host: nil), now: 1)) == 421)
        #expect(status(gate.decide(head(link, [("Host", authority)]), now: 1)) == 421)
    }

    @Test(arguments: [
        [("Origin", "https://evil.example")], [("Origin", "null")], [("Origin", "http://127.0.0.1:4712")],
        [("Sec-Fetch-Site", "cross-site")], [("Sec-Fetch-Site", "same-site")],
        [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")],
        [("Sec-Fetch-Site", "none"), ("Origin", "https://evil.example")],
    ])
    func `requests from other pages are refused, also with the cookie`(_ fields: [(String, String)]) {
        var gate = gate
        for file in ["", "dashboard.js", "events"] {
            #expect(status(gate.decide(head(gate.path + file, cookie + fields), now: 1)) == 403)
        }
    }

    @Test func `requests of the page itself and of the address bar are served`() {
        var gate = gate
        for fields in [
            [("Sec-Fetch-Site", "same-origin")], [("Sec-Fetch-Site", "none")], [("Origin", "http://\(authority)")],
        ] {
            #expect(gate.decide(head(gate.path, cookie + fields), now: 1) == .page(DashboardView()))
        }
    }

    @Test func `a file that leads to the link gets a page of ours in between, for the strict cookie`() {
        var gate = gate
        let embedded = [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe")]
        #expect(status(gate.decide(head(link, embedded), now: 1)) == 403)
        let fields = [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")]
        #expect(gate.decide(head(link, fields), now: 1) == .admit(byPage: true))
    }

    @Test(arguments: [HTTPMethod.POST, .PUT, .DELETE, .OPTIONS, .CONNECT, .TRACE])
    func `only GET and HEAD are accepted`(_ method: HTTPMethod) {
        var gate = gate
        #expect(status(gate.decide(head(gate.path, method: method, cookie), now: 1)) == 405)
    }

    @Test(arguments: ["/", "/d/", "/d/0/", "http://127.0.0.1:4711/", "*", "//evil.example/", "/favicon.ico"])
    func `other targets are not found`(_ target: String) {
        var gate = gate
        #expect(status(gate.decide(head(target, cookie), now: 1)) == 404)
    }
}
