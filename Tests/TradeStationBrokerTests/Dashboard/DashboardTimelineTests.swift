import Testing
import TradeStationModel

@testable import TradeStationBroker

@Suite struct DashboardTimelineTests {
    private typealias Store = SampleStore

    private func page(_ snapshot: StoreSnapshot, _ view: DashboardView = DashboardView()) throws -> Markup {
        try Markup(DashboardPage(snapshot: snapshot, view: view, zone: .utc).text)
    }

    @Test func `the strip has a title, a description and a table that says the same`() throws {
        let rows = [
            Store.row("refresh_succeeded", -5000, generation: (1, 2), expiresIn: -3800, waiters: 9),
            Store.row("refresh_failed", -4000, outcome: "server_unreachable"),
            Store.row("outcome_unknown", -3900, outcome: "outcome_unknown"),
            Store.row("signed_in", -600, generation: (2, 3), expiresIn: 600),
        ]
        let page = try page(Store.snapshot([try Store.record(signInEndsIn: 3000)], rows: rows))
        let strip = try #require(page.all("svg").first)
        #expect(strip.attributes["role"] == "img")
        #expect(strip.children[0].text == "Timeline of swing")
        #expect(
            strip.children[1].text
                == "From Sun 03:31 UTC to Sun 11:31 UTC: 1 refreshed, 1 failed, 1 unknown, 1 signed in. Generation 3 ends "
                + "Sun 09:41 UTC (in 10 min). The sign-in ends Sun 10:21 UTC (in 50 min)."
        )
        func count(_ className: String) -> Int { strip.all.count { $0.attributes["class"] == className } }
        #expect(count("generation") == 1 && count("generation current") == 1)
        #expect(count("outage") == 1 && count("now") == 1 && count("end") == 1 && count("tick") == 1)
        let marks = strip.all("text").filter { $0.attributes["class"]?.hasPrefix("mark") ?? false }.map(\.text)
        #expect(marks == ["✕", "?", "◆"])
        let table = page.cells(ofTable: "Timeline of swing")
        #expect(
            table.map { $0[1] } == [
                "outage until 2026-11-29 09:21:00Z", "◆ signed in", "? unknown", "✕ failed", "| refreshed",
            ]
        )
        #expect(table[4] == ["2026-11-29 08:07:40Z", "| refreshed", "2", "bot", "120 ms", "9", "-"])
    }

    @Test(arguments: DashboardView.periods) func `a third of the period lies ahead, and all positions are on the strip`(
        _ hours: Int
    ) throws {
        var view = DashboardView()
        view.hours = hours
        let rows = [Store.row("refresh_succeeded", -100_000, generation: (1, 2), expiresIn: 500_000)]
        let snapshot = Store.snapshot([try Store.record(signInEndsIn: 500)], rows: rows, hours: Int64(hours))
        let page = try page(snapshot, view)
        let strip = try #require(page.all("svg").first)
        let places = strip.all.flatMap { element in ["x", "x1", "x2", "width"].compactMap { element.attributes[$0] } }
        for place in places {
            let number = try #require(Double(place.dropLast()))
            #expect(place.hasSuffix("%") && (0...100).contains(number))
        }
        #expect(strip.all.first { $0.attributes["class"] == "now" }?.children[0].attributes["x1"] == "75.00%")
        #expect(page.element(id: "hours-\(hours)")?.attributes["aria-current"] == "true")
        #expect(strip.all.count { $0.attributes["class"] == "hour" } >= 3)
    }

    @Test func `the hours of the exchange are shaded`() throws {
        let monday = try #require(Timestamp("2026-11-30T18:00:00Z"))
        let strip = TimelineStrip(
            timeline: LoginTimeline([], of: try Store.record()),
            name: "swing",
            id: "x",
            start: monday.advanced(byMilliseconds: -6 * 3_600_000),
            now: monday,
            time: TimeText(now: monday, zone: .utc)
        )
        let shade = try #require(
            try Markup(strip.html.source).all("rect").first { $0.attributes["class"] == "session" }
        )
        // From 14:30 of the eight hours from 12:00 to 20:00 to their end.
        #expect(shade.attributes["x"] == "31.25%" && shade.attributes["width"] == "68.75%")
    }
}
