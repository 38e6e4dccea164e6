import TradeStationSessions

extension WallZone {
    /// New York. Daylight saving time follows the rule since 2007, so that no time zone database is needed: from the
    /// second Sunday of March to the first Sunday of November, changing at 2:00 on the clocks.
    package static let newYork = WallZone(suffix: " ET") { time in
        let year = String(time.description.prefix(4))
        guard let begin = sunday(2, ofMonth: "03", in: year), let end = sunday(1, ofMonth: "11", in: year) else {
            return standardOffset
        }
        // 2:00 is 7:00 UTC in winter and 6:00 UTC in summer.
        let isSummer = begin + 7 * hour <= time.milliseconds && time.milliseconds < end + 6 * hour
        return isSummer ? standardOffset + 3600 : standardOffset
    }

    private static let standardOffset: Int64 = -5 * 3600
    private static let hour: Int64 = 3_600_000
    private static let day: Int64 = 86_400_000

    /// The first moment, in UTC, of a Sunday of a month, in milliseconds.
    private static func sunday(_ number: Int64, ofMonth month: String, in year: String) -> Int64? {
        guard let first = Timestamp("\(year)-\(month)-01T00:00:00Z")?.milliseconds else { return nil }
        // 1970-01-01 was a Thursday, so day 3 was a Sunday.
        let daysPastSunday = (floorDivide(first, by: day) - 3) % 7
        let firstSunday = (7 - (daysPastSunday + 7) % 7) % 7
        return first + (firstSunday + 7 * (number - 1)) * day
    }
}
