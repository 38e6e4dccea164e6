import Testing
import TradeStationModel

@testable import TradeStationBroker

@Suite struct DashboardPageTests {
    private typealias Store = SampleStore

    private func page(_ snapshot: StoreSnapshot, _ view: DashboardView = DashboardView()) throws -> Markup {
        try Markup(DashboardPage(snapshot: snapshot, view: view, zone: .utc).text)
    }

    private func state(_ record: ProfileRecord) throws -> [String] {
        try page(Store.snapshot([record])).cells(ofTable: "Logins")[0]
    }

    @Test func `a ready profile has its countdown, its generation and nothing to do`() throws {
        let row = try state(try Store.record())
        #expect(row[0] == "swing LIVE")
        #expect(row[1] == "● ready")
        #expect(row[2] == "10 min left generation 3")
        #expect(row[5] == "no end known")
        #expect(row[6] == "nothing")
    }

    @Test func `each state of a login is said in words and by a sign, with the command that mends it`() throws {
        let cases: [(ProfileRecord, String, String)] = [
            (try Store.record(attempt: true), "◐ refreshing", "nothing"),
            (
                try Store.record(failures: 1, lastError: "server_unreachable", notBefore: 30), "▲ degraded",
                "The last refresh failed (server_unreachable). The next attempt is due Sun 09:31 UTC (in 30 s). "
                    + "tsaccounts refresh swing"
            ),
            (
                try Store.record(state: .new, generation: 0, expiresIn: nil), "○ new",
                "No user has signed in yet. tsaccounts login swing"
            ),
            (
                try Store.record(state: .new, generation: 4, expiresIn: nil), "○ signed out",
                "The user is signed out on this machine. tsaccounts login swing"
            ),
            (
                try Store.record(state: .needsLogin, lastError: "invalid_grant"), "✕ needs login",
                "The sign-in has ended: the server no longer accepts the refresh token. tsaccounts login swing"
            ),
            (
                try Store.record(state: .held), "✕ held",
                "The sign-in is on hold until the user signs in again. tsaccounts login swing"
            ),
            (
                try Store.record(keyState: .badClient), "✕ bad client",
                "The sign-in server refuses the API key: its client ID is unknown or disabled, or its secret is wrong. "
                    + "tsaccounts set swing --secret-file FILE && tsaccounts refresh swing"
            ),
            (
                try Store.record(signInEndsIn: -60), "▲ degraded",
                "The sign-in may have ended Sun 09:30 UTC (60 s ago); a refresh shows whether it has. "
                    + "tsaccounts refresh swing"
            ),
        ]
        for (record, words, advice) in cases {
            let row = try state(record)
            #expect(row[1] == words)
            #expect(row[6] == advice)
        }
    }

    @Test func `a damaged profile is a row with its command`() throws {
        let page = try page(Store.snapshot([], damaged: [Store.damaged("old")]))
        let row = page.cells(ofTable: "Logins")[0]
        #expect(row[0] == "old")
        #expect(row[1] == "✕ damaged The profile was changed.")
        #expect(row[6] == "tsaccounts remove old")
    }

    @Test func `profiles of one login share a row, each with its environment and fences`() throws {
        let records = [
            try Store.record("paper", environment: .sim, accounts: ["SIM1"]), try Store.record("real"),
            try Store.record("other", login: 2, environment: .sim),
        ]
        let rows = try page(Store.snapshot(records)).cells(ofTable: "Logins")
        #expect(rows.map { $0[0] } == ["other SIM", "paper SIM SIM1 real LIVE"])
    }

    @Test(arguments: [
        (3600, "Sun 10:31 UTC (in 60 min) before NYSE opens Mon 09:30 ET"),
        (30 * 3600, "Mon 15:31 UTC (in 30 h) during the session until Mon 16:00 ET"),
        (40 * 3600, "Tue 01:31 UTC (in 40 h) after the session until Mon 16:00 ET"),
    ])
    func `the end of a sign-in is set against the next session`(_ seconds: Int64, _ text: String) throws {
        #expect(try state(try Store.record(signInEndsIn: seconds))[5] == text)
    }

    @Test func `the last refresh says when, by whom and how long`() throws {
        let rows = [Store.row("refresh_succeeded", -90, generation: (2, 3), expiresIn: 600)]
        let page = try page(Store.snapshot([try Store.record()], rows: rows))
        #expect(page.cells(ofTable: "Logins")[0][3] == "90 s ago by bot, 120 ms")
    }

    @Test func `the sentence comes first, with the command`() throws {
        let page = try page(Store.snapshot([try Store.record(state: .needsLogin, lastError: "invalid_grant")]))
        let summary = try #require(page.all("main").first?.children.first)
        #expect(summary.attributes["aria-label"] == "Summary")
        #expect(summary.all("p")[0].text == "0 of 1 ready; swing must be signed in before Mon 09:30 ET.")
        #expect(summary.all("code").map(\.text) == ["tsaccounts login swing"])
    }

    @Test func `the page is one outline of headings, with landmarks and a link past the beginning`() throws {
        let page = try page(Store.snapshot([try Store.record()]))
        #expect(page.all("h1").map(\.text) == ["tsaccounts"])
        #expect(page.all("h2").map(\.text) == ["Logins", "Timeline", "Who uses which profile", "Audit"])
        #expect(page.all("h3").map(\.text) == ["swing"])
        #expect(page.all("html")[0].attributes["lang"] == "en")
        #expect(page.all("main").count == 1 && page.all("header").count == 1 && page.all("footer").count == 1)
        #expect(page.all("a")[0].attributes["href"] == "#main")
        for element in page.all where element.attributes["aria-labelledby"] != nil {
            for id in (element.attributes["aria-labelledby"] ?? "").split(separator: " ") {
                #expect(page.element(id: String(id)) != nil, "\(id)")
            }
        }
        let ids = page.all.compactMap { $0.attributes["id"] }
        #expect(ids.count == Set(ids).count)
        #expect(page.all("a").allSatisfy { !$0.text.isEmpty })
        for table in page.all(role: "table") {
            #expect(table.attributes["aria-label"]?.isEmpty == false)
            let width = table.all(role: "columnheader").count
            #expect(table.all(role: "row").allSatisfy { $0.children.count == width })
            #expect(table.all(role: "row").dropFirst().allSatisfy { $0.children[0].attributes["role"] == "rowheader" })
        }
    }

    @Test func `nothing on the page is an inline style or script, a form or an action`() throws {
        let page = try page(Store.snapshot([try Store.record()], rows: [Store.row("refresh_started", -5)]))
        for element in page.all {
            #expect(!["form", "button", "input", "iframe", "object", "style"].contains(element.name))
            #expect(!element.attributes.keys.contains { $0 == "style" || $0.hasPrefix("on") })
            if element.name == "script" { #expect(element.attributes["src"] == "dashboard.js" && element.text.isEmpty) }
            if let address = element.attributes["href"] {
                #expect(["?", "#", "d"].contains(String(address.prefix(1))), "\(address)")
            }
        }
    }

    @Test func `hostile names and messages stay text`() throws {
        let hostile = "<img src=x onerror=alert(1)>\"'&</td></table>"
        let detail = #"{"door":"<b>","client_pid":"<i>","program":"<script>alert(2)</script>"}"#
        let rows = [
            Store.row("profile_used", -50, profile: hostile, requester: hostile, host: hostile, detail: detail),
            Store.row(
                "<u>",
                -40,
                profile: hostile,
                outcome: hostile,
                requester: hostile,
                host: hostile,
                attempt: hostile,
                tokens: [hostile]
            ),
            Store.row(
                "refresh_failed",
                -30,
                outcome: hostile,
                requester: hostile,
                tokens: [hostile, hostile, hostile]
            ),
        ]
        let records = [try Store.record(failures: 1, lastError: hostile)]
        let page = try page(Store.snapshot(records, damaged: [Store.damaged(hostile)], rows: rows))
        let known: Set = [
            "", "html", "head", "meta", "title", "link", "script", "body", "a", "header", "h1", "h2", "h3", "p", "time",
            "main", "section", "strong", "em", "ul", "li", "code", "nav", "table", "thead", "tbody", "tr", "th", "td",
            "span", "figure", "figcaption", "svg", "desc", "g", "rect", "line", "text", "details", "summary", "footer",
        ]
        #expect(Set(page.all.map(\.name)).subtracting(known).isEmpty)
        #expect(page.all("script").count == 1)
        #expect(page.all.allSatisfy { $0.attributes["onerror"] == nil && $0.attributes["src"] != "x" })
        #expect(page.all("td").contains { $0.text.contains("<img src=x") })
    }

    @Test func `an empty store shows how to begin`() throws {
        let page = try page(Store.snapshot([]))
        #expect(page.all("code").contains { $0.text == "tsaccounts add profile main --sim --client-id ID" })
        #expect(page.all("p").contains { $0.text == "There is no profile yet." })
    }

    @Test func `holidays are said not to be known`() throws {
        #expect(try page(Store.snapshot([])).all("footer")[0].text.contains("Holidays and early closes are not known."))
    }
}
