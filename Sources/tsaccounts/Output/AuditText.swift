import TradeStationSessions

/// Audit rows as text.
enum AuditText {
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

    /// A row as a human-readable line: time, event, profile, then the other values of the row.
    static func plain(_ record: AuditRecord) -> String {
        var fields = [
            record.text("at") ?? "", (record.text("event") ?? "").padding(to: 17),
            (record.text("profile_name") ?? "-").padding(to: 10),
        ]
        if let before = record.integer("generation_before"), let after = record.integer("generation_after") {
            fields.append("generation \(before)>\(after)")
        } else if let generation = record.integer("generation_after") ?? record.integer("generation_before") {
            fields.append("generation \(generation)")
        }
        for column in ["outcome", "trigger", "oauth_error"] {
            if let text = record.text(column) { fields.append(text.printable(limit: 60)) }
        }
        if let status = record.integer("http_status") { fields.append("HTTP \(status)") }
        if let duration = record.integer("duration_ms") { fields.append("\(duration) ms") }
        if let waiters = record.integer("waiters"), waiters > 1 { fields.append("\(waiters) waiting") }
        if let requester = record.text("requester") { fields.append("by \(requester.printable(limit: 60))") }
        return fields.map { $0.printable(limit: 200) }.joined(separator: "  ")
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
