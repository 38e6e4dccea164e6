import TradeStationBroker
import TradeStationSessions

/// The value of `--since` and `--until`: a time, or an age.
enum TimeArgument: Equatable {
    /// A time with a zone.
    case at(Timestamp)
    /// A date and time without a zone, for example `2026-11-28 22:50:00`.
    case localTime(String)
    /// The latest moment at which a clock showed this time, for example `09:31:00`.
    case clock(String)
    /// The first moment of the day `ago` days before today.
    case day(ago: Int64)
    /// An age.
    case ago(seconds: Int64)

    /// Parses an RFC 3339 time; a date, a time or both; `now`, `today` or `yesterday`; or an age like `90s` or `1h30m`.
    init?(_ text: String) {
        switch text.lowercased() {
        case "now": self = .ago(seconds: 0)
        case "today": self = .day(ago: 0)
        case "yesterday": self = .day(ago: 1)
        default:
            if let time = Timestamp(text) {
                self = .at(time)
            } else if let shown = Self.dateAndTime(text) {
                self = .localTime(shown)
            } else if let clock = Self.clockTime(text) {
                self = .clock(clock)
            } else if let seconds = Self.age(text) {
                self = .ago(seconds: seconds)
            } else {
                return nil
            }
        }
    }

    /// The time that the value stands for.
    ///
    /// - Parameter zone: The time zone of values that do not name one.
    func time(now: Timestamp, in zone: WallZone) -> Timestamp {
        switch self {
        case .at(let time): return time
        case .localTime(let text): return zone.time(showing: text) ?? now
        case .clock(let text):
            let today = zone.time(showing: "\(zone.reading(at: now).day) \(text)") ?? now
            guard today > now else { return today }
            return zone.time(showing: "\(Self.day(1, before: now, in: zone)) \(text)") ?? now
        case .day(let days):
            return zone.time(showing: "\(Self.day(days, before: now, in: zone)) 00:00:00") ?? now
        case .ago(let seconds): return now.advanced(byMilliseconds: -seconds * 1000)
        }
    }

    /// The date `days` days before a time, for example `2026-11-28`.
    private static func day(_ days: Int64, before now: Timestamp, in zone: WallZone) -> String {
        // Count from noon, so that a day of 23 or 25 hours leads to the right date.
        let noon = zone.time(showing: "\(zone.reading(at: now).day) 12:00:00") ?? now
        return zone.reading(at: noon.advanced(byMilliseconds: -days * 86_400_000)).day
    }

    /// `2026-11-28`, `2026-11-28 22:50` or `2026-11-28T22:50:03` as a date and time with seconds.
    private static func dateAndTime(_ text: String) -> String? {
        let parts = text.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == " " || $0 == "T" }
        guard parts.count < 2 || !parts[1].isEmpty,
            let time = parts.count < 2 ? "00:00:00" : clockTime(String(parts[1]))
        else { return nil }
        let shown = "\(parts[0]) \(time)"
        return Timestamp(shown + "Z") == nil ? nil : shown
    }

    /// `9:31`, `09:31` or `09:31:07` as a time with seconds.
    private static func clockTime(_ text: String) -> String? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), (1...2).contains(parts[0].count),
            parts.dropFirst().allSatisfy({ $0.count == 2 })
        else { return nil }
        let padded = (parts[0].count == 1 ? "0" : "") + text + (parts.count == 2 ? ":00" : "")
        return Timestamp("2000-01-01 \(padded)Z") == nil ? nil : padded
    }

    /// The seconds of an age: numbers, each followed by `s`, `m`, `h`, `d` or `w`.
    private static func age(_ text: String) -> Int64? {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
        var (total, number) = (Int64(0), "")
        for character in text {
            if character.isASCII, character.isNumber {
                number.append(character)
                continue
            }
            guard let unit = units[character], let count = Int64(number), count <= 100_000_000 else { return nil }
            total += count * unit
            number = ""
        }
        return text.isEmpty || !number.isEmpty || total > 1_000_000_000_000 ? nil : total
    }
}
