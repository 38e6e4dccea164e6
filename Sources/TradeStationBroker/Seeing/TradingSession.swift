package import TradeStationSessions

/// A session of the New York Stock Exchange: 09:30 to 16:00 in New York, Monday to Friday. Holidays and early closes are
/// not known.
package struct TradingSession: Hashable, Sendable {
    package let opens: Timestamp
    package let closes: Timestamp

    /// What people must be told wherever sessions are shown.
    package static let caveat =
        "NYSE hours are 09:30 to 16:00 New York time, Monday to Friday. Holidays and early closes are not known."

    /// Whether a time is within the session.
    package func contains(_ time: Timestamp) -> Bool { opens <= time && time < closes }

    /// The session at a time, else the next one.
    package static func currentOrNext(at now: Timestamp) -> TradingSession {
        // From any time, a session ends within four days.
        sessions(from: now, to: now.advanced(byMilliseconds: 4 * day)).first
            ?? TradingSession(opens: now, closes: now)
    }

    /// The sessions that have a part in a period.
    package static func sessions(from start: Timestamp, to end: Timestamp) -> [TradingSession] {
        let zone = WallZone.newYork
        guard start < end, var noon = zone.time(showing: "\(zone.reading(at: start).day) 12:00:00") else { return [] }
        var sessions: [TradingSession] = []
        // Steps from noon to noon reach every day, also when the clocks change.
        while noon.milliseconds - 3 * day / 24 < end.milliseconds {
            let reading = zone.reading(at: noon)
            if reading.weekday != "Sat", reading.weekday != "Sun",
                let opens = zone.time(showing: "\(reading.day) 09:30:00"),
                let closes = zone.time(showing: "\(reading.day) 16:00:00"), opens < end, closes > start
            {
                sessions.append(TradingSession(opens: opens, closes: closes))
            }
            noon = noon.advanced(byMilliseconds: day)
        }
        return sessions
    }

    private static let day: Int64 = 86_400_000
}
