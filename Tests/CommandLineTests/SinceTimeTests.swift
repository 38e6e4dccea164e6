import Testing
import TradeStationSessions

@testable import tsaccounts

@Suite struct SinceTimeTests {
    @Test(arguments: [
        ("90s", "2026-10-06T09:29:30.000Z"), ("15m", "2026-10-06T09:16:00.000Z"), ("2h", "2026-10-06T07:31:00.000Z"),
        ("3d", "2026-10-03T09:31:00.000Z"), ("2026-10-06T11:00:00+02:00", "2026-10-06T09:00:00.000Z"),
    ])
    func `a time or an age is accepted`(_ text: String, _ expected: String) throws {
        let now = try #require(Timestamp("2026-10-06T09:31:00Z"))
        #expect(SinceTime(text)?.time(now: now).description == expected)
    }

    @Test(arguments: ["", "s", "5", "-5m", "5 m", "5w", "1e3s", "99999999999d", "yesterday"])
    func `anything else is refused`(_ text: String) {
        #expect(SinceTime(text) == nil)
    }
}
