package import TradeStationSessions

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A time zone: the dates and times that people read on their clocks.
package struct WallZone: Sendable {
    /// The parts of a time on the clock of a zone.
    package struct Reading: Sendable {
        /// For example `2026-11-28`.
        package let day: String
        /// For example `22:50:03`.
        package let time: String
        /// For example `Sat`.
        package let weekday: String
        /// The number of the day, counted from 1970-01-01.
        package let dayNumber: Int64
    }

    /// What follows a time of this zone: nothing for the local zone, ` UTC` for UTC.
    package let suffix: String
    /// Returns how many seconds the zone's clocks are ahead of UTC at the given time.
    package let offset: @Sendable (Timestamp) -> Int64

    package init(suffix: String, offset: @escaping @Sendable (Timestamp) -> Int64) {
        self.suffix = suffix
        self.offset = offset
    }

    package static let utc = WallZone(suffix: " UTC", offset: { _ in 0 })

    /// The zone that the variable `TZ` names, or else the zone of the machine. The command `date` uses the same zone.
    package static let local: WallZone = {
        tzset()
        return WallZone(suffix: "") { time in
            var seconds = time_t(floorDivide(time.milliseconds, by: 1000))
            var parts = tm()
            return localtime_r(&seconds, &parts) == nil ? 0 : Int64(parts.tm_gmtoff)
        }
    }()

    /// What the clocks of the zone show at the given time.
    package func reading(at time: Timestamp) -> Reading {
        let shifted = time.advanced(byMilliseconds: offset(time) * 1000)
        let text = shifted.description
        let dayNumber = Self.floorDivide(shifted.milliseconds, by: 86_400_000)
        let weekday = Self.weekdays[Int(((dayNumber % 7) + 7) % 7)]
        return Reading(
            day: String(text.prefix(10)),
            time: String(text.dropFirst(11).prefix(8)),
            weekday: weekday,
            dayNumber: dayNumber
        )
    }

    /// The time at which the clocks of the zone show a date and time, for example `2026-11-28 22:50:03`. If the clocks
    /// were set back and there are two such times, the result is one of them. If the clocks were set forward and there
    /// is none, it is a time at most an hour away.
    ///
    /// - Returns: nil if the text is not a date and time.
    package func time(showing text: String) -> Timestamp? {
        guard let shown = Timestamp(text + "Z") else { return nil }
        // The first guess can be on the other side of a clock change.
        let guess = shown.advanced(byMilliseconds: -offset(shown) * 1000)
        return shown.advanced(byMilliseconds: -offset(guess) * 1000)
    }

    // 1970-01-01 was a Thursday.
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]

    static func floorDivide(_ number: Int64, by divisor: Int64) -> Int64 {
        let quotient = number / divisor
        return number % divisor < 0 ? quotient - 1 : quotient
    }
}
