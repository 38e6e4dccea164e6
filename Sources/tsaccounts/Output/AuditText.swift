import TradeStationSessions

/// How audit rows are said.
enum AuditText {
    /// A row under its SQL names.
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

    /// A row for people: when, what, whose, and whatever else it says.
    static func plain(_ record: AuditRecord) -> String {
        var words = [
            record.text("at") ?? "", (record.text("event") ?? "").padding(to: 17),
            (record.text("profile_name") ?? "-").padding(to: 10),
        ]
        if let before = record.integer("generation_before"), let after = record.integer("generation_after") {
            words.append("generation \(before)>\(after)")
        } else if let generation = record.integer("generation_after") ?? record.integer("generation_before") {
            words.append("generation \(generation)")
        }
        for column in ["outcome", "trigger", "oauth_error"] {
            if let text = record.text(column) { words.append(text.printable(limit: 60)) }
        }
        if let status = record.integer("http_status") { words.append("HTTP \(status)") }
        if let duration = record.integer("duration_ms") { words.append("\(duration) ms") }
        if let waiters = record.integer("waiters"), waiters > 1 { words.append("\(waiters) waiting") }
        if let requester = record.text("requester") { words.append("by \(requester.printable(limit: 60))") }
        return words.joined(separator: "  ")
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
