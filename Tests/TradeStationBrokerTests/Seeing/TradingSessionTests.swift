import Foundation
import Testing
import TradeStationModel

@testable import TradeStationBroker

@Suite struct TradingSessionTests {
    private func time(_ text: String) throws -> Timestamp { try #require(Timestamp(text)) }

    @Test func `the clocks of New York agree with the time zone database`() throws {
        let zone = try #require(TimeZone(identifier: "America/New_York"))
        var at = try time("2007-01-01T00:30:00Z")
        let end = try time("2037-12-31T00:00:00Z")
        while at < end {
            let date = Date(timeIntervalSince1970: Double(at.milliseconds) / 1000)
            #expect(WallZone.newYork.offset(at) == Int64(zone.secondsFromGMT(for: date)), "\(at)")
            at = at.advanced(byMilliseconds: 12 * 3_600_000)
        }
    }

    @Test(arguments: [
        ("2026-03-08T06:59:59Z", -5), ("2026-03-08T07:00:00Z", -4), ("2026-11-01T05:59:59Z", -4),
        ("2026-11-01T06:00:00Z", -5),
    ])
    func `the clocks of New York change at two in the morning`(_ text: String, _ hours: Int64) throws {
        #expect(WallZone.newYork.offset(try time(text)) == hours * 3600)
    }

    @Test(arguments: [
        // A Sunday in winter, the Friday before, after its close, and Monday during the session.
        ("2026-11-29T12:00:00Z", "2026-11-30T14:30:00.000Z"), ("2026-11-27T14:29:59Z", "2026-11-27T14:30:00.000Z"),
        ("2026-11-27T21:00:00Z", "2026-11-30T14:30:00.000Z"), ("2026-11-30T20:59:59Z", "2026-11-30T14:30:00.000Z"),
        // Over the weekends on which the clocks change.
        ("2026-03-07T12:00:00Z", "2026-03-09T13:30:00.000Z"), ("2026-10-30T20:00:00Z", "2026-11-02T14:30:00.000Z"),
        // Late in the evening in New York it is the next day in UTC.
        ("2026-11-30T02:00:00Z", "2026-11-30T14:30:00.000Z"), ("2026-12-01T03:00:00Z", "2026-12-01T14:30:00.000Z"),
    ])
    func `the session is the current or the next one`(_ now: String, _ opens: String) throws {
        let session = TradingSession.currentOrNext(at: try time(now))
        #expect(session.opens.description == opens)
        #expect(session.closes == session.opens.advanced(byMilliseconds: 6 * 3_600_000 + 1_800_000))
    }

    @Test func `a week has five sessions, also the one in which the clocks change`() throws {
        for week in ["2026-03-07T00:00:00Z", "2026-10-31T00:00:00Z", "2026-06-06T12:00:00Z"] {
            let start = try time(week)
            let sessions = TradingSession.sessions(from: start, to: start.advanced(byMilliseconds: 7 * 86_400_000))
            #expect(sessions.count == 5)
            #expect(sessions.allSatisfy { WallZone.newYork.reading(at: $0.opens).time == "09:30:00" })
            #expect(sessions.allSatisfy { WallZone.newYork.reading(at: $0.closes).time == "16:00:00" })
        }
    }

    @Test func `a session that only a part of the period touches is in it`() throws {
        let opens = try time("2026-11-30T14:30:00Z")
        #expect(
            TradingSession.sessions(from: opens.advanced(byMilliseconds: 1), to: try time("2026-11-30T15:00:00Z")).count
                == 1
        )
        #expect(TradingSession.sessions(from: try time("2026-11-30T12:00:00Z"), to: opens).isEmpty)
        #expect(TradingSession.sessions(from: opens, to: opens).isEmpty)
    }
}
