package import TradeStationSessions

/// Times as people read them.
package struct TimeText: Sendable {
    package let now: Timestamp
    package let zone: WallZone

    package init(now: Timestamp, zone: WallZone) {
        self.now = now
        self.zone = zone
    }

    /// A time, for example `Mon 17:02`, or `2026-12-24 17:02` when it is more than six days away.
    package func point(_ time: Timestamp) -> String {
        let (reading, today) = (zone.reading(at: time), zone.reading(at: now).dayNumber)
        let day = abs(reading.dayNumber - today) <= 6 ? reading.weekday : reading.day
        return "\(day) \(reading.time.prefix(5))\(zone.suffix)"
    }

    /// A time and its distance, for example `Mon 17:02 (in 23 h)`.
    package func pointAndDistance(_ time: Timestamp) -> String {
        let seconds = secondsLeft(until: time)
        let distance = seconds < 0 ? "\(Self.duration(-seconds)) ago" : "in \(Self.duration(seconds))"
        return "\(point(time)) (\(distance))"
    }

    /// A time to the second, for example `2026-11-28 22:50:03`. The option `--since` accepts it.
    package func stamp(_ time: Timestamp) -> String {
        let reading = zone.reading(at: time)
        return "\(reading.day) \(reading.time)" + (zone.suffix.isEmpty ? "" : "Z")
    }

    /// The rest of a lifetime, for example `19 min left`.
    package func remaining(_ end: Timestamp?) -> String {
        guard let end else { return "none" }
        let seconds = secondsLeft(until: end)
        return seconds <= 0 ? "expired" : "\(Self.duration(seconds)) left"
    }

    /// The whole seconds until a time.
    package func secondsLeft(until time: Timestamp) -> Int64 {
        (time.milliseconds - now.milliseconds) / 1000
    }

    /// A length of time in one or two units, rounded down.
    package static func duration(_ seconds: Int64) -> String {
        switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7200: "\(seconds / 60) min"
        case ..<36_000 where seconds / 60 % 60 > 0: "\(seconds / 3600) h \(seconds / 60 % 60) min"
        case ..<172_800: "\(seconds / 3600) h"
        default: "\(seconds / 86_400) days"
        }
    }
}
