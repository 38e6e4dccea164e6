import TradeStationSessions

/// The value of `--since`: a time, or an age.
enum SinceTime: Equatable {
    case at(Timestamp)
    case ago(seconds: Int64)

    /// Parses an RFC 3339 time, or a number followed by `s`, `m`, `h` or `d`.
    init?(_ text: String) {
        if let time = Timestamp(text) {
            self = .at(time)
            return
        }
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()), count >= 0,
            count <= 100_000_000
        else { return nil }
        self = .ago(seconds: count * unit)
    }

    /// The time that the value stands for.
    func time(now: Timestamp) -> Timestamp {
        switch self {
        case .at(let time): time
        case .ago(let seconds): now.advanced(byMilliseconds: -seconds * 1000)
        }
    }
}
