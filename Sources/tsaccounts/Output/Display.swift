import TradeStationBroker
import TradeStationSessions

/// How results are shown to people: the times, the width of the terminal, and whether it has colors.
struct Display: Sendable {
    let time: TimeText
    /// The width of the terminal; nil if standard output is not a terminal, so that nothing is shortened.
    let columns: Int?
    let hasColor: Bool

    /// The display of this process's standard output.
    ///
    /// - Parameter environment: `NO_COLOR` (https://no-color.org) and `TERM=dumb` switch colors off.
    static func standardOutput(_ time: TimeText, environment: [String: String]) -> Display {
        let columns = Console.standardOutputColumns
        let isPlain = !(environment["NO_COLOR"] ?? "").isEmpty || environment["TERM"] == "dumb"
        return Display(time: time, columns: columns, hasColor: columns != nil && !isPlain)
    }

    /// Text in a color, if the display has colors.
    func paint(_ text: String, _ color: Color?) -> String {
        guard hasColor, let color, !text.isEmpty else { return text }
        return "\u{1B}[\(color.code)m\(text)\u{1B}[0m"
    }

    /// The meaning of a color. It is never the only sign: the text says the same.
    enum Color: Sendable {
        case good, warning, bad, heading

        fileprivate var code: String {
            switch self {
            case .good: "32"
            case .warning: "33"
            case .bad: "1;31"
            case .heading: "1"
            }
        }
    }
}
