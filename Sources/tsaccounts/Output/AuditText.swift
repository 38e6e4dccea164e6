import TradeStationBroker
import TradeStationSessions

/// Audit rows as text.
struct AuditText {
    let display: Display

    /// A row as a JSON object with the SQL column names.
    static func json(_ record: AuditRecord) -> String {
        JSONText.object(
            record.columns.map { column in
                switch column.value {
                case .null: (column.name, .null)
                case .integer(let value): (column.name, .integer(value))
                case .text(let text): (column.name, .string(text))
                }
            }
        ).line
    }

    /// A row as a human-readable line: time, event, profile, then the other values of the row. In a terminal, values that
    /// do not fit are left out, the least important first.
    func plain(_ record: AuditRecord) -> String {
        let at = record.text("at").flatMap { Timestamp($0) }.map(display.time.stamp) ?? record.text("at") ?? ""
        let event = (record.text("event") ?? "").padding(to: 17)
        let head = "\(at)  \(event)  \((record.text("profile_name") ?? "-").padding(to: 10))"
        var details = Self.details(of: record)
        var line: String { ([head] + details.map(\.text)).joined(separator: "  ").printable(limit: .max) }
        if let columns = display.columns {
            while line.count > columns, let last = details.indices.min(by: { details[$0].rank < details[$1].rank }) {
                details.remove(at: last)
            }
            return paint(line.shortened(to: columns), record)
        }
        return line
    }

    /// The values after the name, in the order in which they are shown. Those with the lowest rank are left out first.
    private static func details(of record: AuditRecord) -> [(text: String, rank: Int)] {
        var details: [(String, Int)] = []
        if let before = record.integer("generation_before"), let after = record.integer("generation_after") {
            details.append(("generation \(before)>\(after)", 6))
        } else if let generation = record.integer("generation_after") ?? record.integer("generation_before") {
            details.append(("generation \(generation)", 6))
        }
        for (column, rank) in [("outcome", 9), ("trigger", 3), ("oauth_error", 8)] {
            if let text = record.text(column) { details.append((text.printable(limit: 60), rank)) }
        }
        if let status = record.integer("http_status") { details.append(("HTTP \(status)", 7)) }
        if let duration = record.integer("duration_ms") { details.append(("\(duration) ms", 2)) }
        if let waiters = record.integer("waiters"), waiters > 1 { details.append(("\(waiters) waiting", 4)) }
        if let requester = record.text("requester") {
            details.append(("by \(requester.printable(limit: 60))", 5))
        }
        return details
    }

    private func paint(_ line: String, _ record: AuditRecord) -> String {
        display.paint(line, Self.color(of: record.text("event").flatMap { AuditEvent(rawValue: $0) }))
    }

    /// The color of a row about an event.
    static func color(of event: AuditEvent?) -> Display.Color? {
        switch event {
        case .needsLogin, .signInFailed, .refreshFailed: .bad
        case .outcomeUnknown, .signInEndsSoon, .fenced, .lateResult: .warning
        default: nil
        }
    }
}
