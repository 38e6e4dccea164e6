import Testing
import TradeStationBroker
import TradeStationSessions

@testable import tsaccounts

@Suite struct DisplayTests {
    private func text(_ now: String, _ zone: WallZone = .utc) throws -> TimeText {
        TimeText(now: try #require(Timestamp(now)), zone: zone)
    }

    @Test(arguments: [
        ("2026-11-30T17:02:30Z", "Mon 17:02 UTC (in 23 h)"), ("2026-11-29T18:02:59Z", "Sun 18:02 UTC (in 59 s)"),
        ("2026-11-29T17:59:00Z", "Sun 17:59 UTC (3 min ago)"), ("2026-12-05T01:00:00Z", "Sat 01:00 UTC (in 5 days)"),
        ("2026-12-24T17:02:00Z", "2026-12-24 17:02 UTC (in 24 days)"),
        ("2026-11-29T20:17:00Z", "Sun 20:17 UTC (in 2 h 15 min)"),
    ])
    func `a time is shown with its distance`(_ time: String, _ expected: String) throws {
        let shown = try text("2026-11-29T18:02:00Z").pointAndDistance(try #require(Timestamp(time)))
        #expect(shown == expected)
    }

    @Test func `a local time has no zone, and is the time of the local clock`() throws {
        let time = try text("2026-11-29T18:02:00Z", TimeArgumentTests.newYork)
        let moment = try #require(Timestamp("2026-11-30T03:02:03Z"))
        #expect(time.point(moment) == "Sun 22:02")
        #expect(time.stamp(moment) == "2026-11-29 22:02:03")
        #expect(TimeArgument(time.stamp(moment))?.time(now: time.now, in: time.zone) == moment)
    }

    @Test(arguments: [
        (1, "…"), (5, "swing"), (18, "swing  sign in so…"), (19, "swing  sign in soon"),
        (28, "swing  somebo…  sign in soon"),
        (200, "swing  somebody  sign in soon"),
    ])
    func `a table shortens and gives up its least important columns first`(_ width: Int, _ row: String) throws {
        var table = Table(columns: [
            .init(title: "NAME", rank: 3, narrowest: 4, isEssential: true), .init(title: "USER", rank: 1, narrowest: 4),
            .init(title: "NEXT", rank: 2, narrowest: 6),
        ])
        table.add(["swing", "somebody", "sign in soon"].map { Table.Cell(text: $0) })
        let lines = table.lines(
            on: Display(time: try text("2026-11-29T18:02:00Z"), columns: width, hasColor: false)
        )
        #expect(lines.allSatisfy { $0.count <= width }, "\(lines)")
        #expect(lines[1] == row)
    }
}
