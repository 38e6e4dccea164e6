import Testing
import TradeStationBroker
import TradeStationSessions

@testable import tsaccounts

@Suite struct TimeArgumentTests {
    /// A zone five hours behind UTC, four from 2026-03-08 07:00 to 2026-11-01 06:00 UTC, as in New York.
    static let newYork = WallZone(suffix: "") { time in
        let (summer, winter) = (Timestamp("2026-03-08T07:00:00Z"), Timestamp("2026-11-01T06:00:00Z"))
        guard let summer, let winter else { return 0 }
        return time >= summer && time < winter ? -14_400 : -18_000
    }

    private func time(_ text: String, now: String, _ zone: WallZone = .utc) throws -> String? {
        TimeArgument(text)?.time(now: try #require(Timestamp(now)), in: zone).description
    }

    @Test(arguments: [
        ("90s", "2026-10-06T09:29:30.000Z"), ("15m", "2026-10-06T09:16:00.000Z"), ("2h", "2026-10-06T07:31:00.000Z"),
        ("3d", "2026-10-03T09:31:00.000Z"), ("1w", "2026-09-29T09:31:00.000Z"), ("1h30m", "2026-10-06T08:01:00.000Z"),
        ("2026-10-06T11:00:00+02:00", "2026-10-06T09:00:00.000Z"), ("now", "2026-10-06T09:31:00.000Z"),
        ("2026-10-06 07:08", "2026-10-06T07:08:00.000Z"), ("2026-10-06T07:08:09", "2026-10-06T07:08:09.000Z"),
        ("2026-10-05", "2026-10-05T00:00:00.000Z"), ("9:30", "2026-10-06T09:30:00.000Z"),
        ("09:32", "2026-10-05T09:32:00.000Z"), ("today", "2026-10-06T00:00:00.000Z"),
        ("Yesterday", "2026-10-05T00:00:00.000Z"),
    ])
    func `a time or an age is accepted`(_ text: String, _ expected: String) throws {
        #expect(try time(text, now: "2026-10-06T09:31:00Z") == expected)
    }

    @Test(arguments: [
        // 22:31 on 5 October in New York.
        ("2026-10-06T02:31:00Z", "today", "2026-10-05T04:00:00.000Z"),
        ("2026-10-06T02:31:00Z", "22:30", "2026-10-06T02:30:00.000Z"),
        ("2026-10-06T02:31:00Z", "2026-11-28 22:50", "2026-11-29T03:50:00.000Z"),
        // The day on which the clocks were set back has 25 hours.
        ("2026-11-01T20:00:00Z", "today", "2026-11-01T04:00:00.000Z"),
        ("2026-11-02T20:00:00Z", "yesterday", "2026-11-01T04:00:00.000Z"),
        ("2026-11-02T04:30:00Z", "23:45", "2026-11-01T03:45:00.000Z"),
        // This time occurred twice.
        ("2026-11-01T20:00:00Z", "01:30", "2026-11-01T05:30:00.000Z"),
    ])
    func `a time without a zone is local`(_ now: String, _ text: String, _ expected: String) throws {
        #expect(try time(text, now: now, Self.newYork) == expected)
    }

    @Test(arguments: [
        "", "s", "5", "-5m", "5 m", "5x", "1e3s", "1h30", "999999999d", "tomorrow", "24:00", "9:3", "2026-13-01",
        "2026-10-06 ", "2026-10-06 25:00", "٣h",
    ])
    func `anything else is refused`(_ text: String) {
        #expect(TimeArgument(text) == nil)
    }
}
