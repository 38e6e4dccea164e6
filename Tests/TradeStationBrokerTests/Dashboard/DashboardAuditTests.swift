import Testing
import TradeStationModel

@testable import TradeStationBroker

@Suite struct DashboardAuditTests {
    private typealias Store = SampleStore

    private func page(_ snapshot: StoreSnapshot, _ view: DashboardView = DashboardView()) throws -> Markup {
        try Markup(DashboardPage(snapshot: snapshot, view: view, zone: .utc).text)
    }

    @Test func `the audit is newest first, with the lineage as links`() throws {
        let rows = [
            Store.row("refresh_started", -61, attempt: "abcdef0123456789", tokens: ["0011"]),
            Store.row(
                "refresh_succeeded",
                -60,
                generation: (2, 3),
                waiters: 3,
                attempt: "abcdef0123456789",
                tokens: ["0011", "0022", "0033"]
            ),
        ]
        let page = try page(Store.snapshot([try Store.record()], rows: rows))
        let cells = page.cells(ofTable: "Audit")
        #expect(
            cells[0] == [
                "2026-11-29 09:30:00Z", "refresh succeeded", "swing", "2 → 3", "120 ms, 3 waiting", "bot (77)",
                "abcdef01",
                "refresh 0011 → 0022, access 0033",
            ]
        )
        #expect(cells[1][7] == "refresh 0011")
        #expect(page.element(id: "after-99940")?.attributes["href"] == "?hours=6&token=0022")
        #expect(page.element(id: "attempt-99940")?.attributes["href"] == "?hours=6&attempt=abcdef0123456789")
    }

    @Test func `a filter is a link that keeps the rest of the view`() throws {
        var view = DashboardView()
        view.hours = 24
        view.part = .failures
        let rows = [Store.row("refresh_started", -61), Store.row("refresh_failed", -60, outcome: "server_error")]
        let records = [try Store.record(), try Store.record("paper", login: 2)]
        let page = try page(Store.snapshot(records, rows: rows, hours: 24), view)
        #expect(page.cells(ofTable: "Audit").map { $0[1] } == ["✕ refresh failed"])
        #expect(page.element(id: "show-failures")?.attributes["aria-current"] == "true")
        #expect(page.element(id: "login-2")?.attributes["href"] == "?hours=24&show=failures&login=2")
        #expect(page.element(id: "hours-1")?.attributes["href"] == "?hours=1&show=failures")
    }

    @Test func `more rows than fit are counted, with the command that shows all`() throws {
        let rows = (1...150).map { Store.row("refresh_started", Int64($0) - 200) }
        let page = try page(Store.snapshot([try Store.record()], rows: rows))
        #expect(page.cells(ofTable: "Audit").count == 100)
        #expect(
            page.all("p").contains { $0.text == "The newest 100 of 150 rows, newest first. All rows: tsaccounts audit" }
        )
    }

    @Test func `programs that use a profile are listed, with the machine if it is another one`() throws {
        let detail = #"{"door":"exec","client_pid":"42","program":"python3"}"#
        let rows = [
            Store.row("profile_used", -60, detail: detail), Store.row("profile_used", -30, host: "nas", detail: detail),
        ]
        let page = try page(Store.snapshot([try Store.record()], rows: rows))
        #expect(
            page.cells(ofTable: "Programs") == [
                ["python3", "swing", "exec", "42 on nas", "Sun 09:30 UTC (30 s ago)", "1"],
                ["python3", "swing", "exec", "42", "Sun 09:30 UTC (60 s ago)", "1"],
            ]
        )
        #expect(page.cells(ofTable: "Logins")[0][4] == "python3 (2 processes)")
    }
}
