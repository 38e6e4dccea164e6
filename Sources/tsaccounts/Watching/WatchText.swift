import TradeStationBroker
import TradeStationSessions

/// What `watch` prints, line by line.
struct WatchText {
    let time: TimeText

    /// An audit row as a line.
    func line(_ row: AuditRow) -> String {
        let facts = [
            row.event == .refreshSucceeded || row.event == .signedIn ? nil : row.reason,
            row.milliseconds.map { "\($0) ms" }, row.waiters.flatMap { $0 > 1 ? "\($0) waiting" : nil },
            row.requester.map { "by \($0)" },
        ].compactMap { $0 }
        let head = "\(time.stamp(row.at))  \(row.profile ?? "-"): \(row.eventText)"
        return facts.isEmpty ? head : "\(head), \(facts.joined(separator: ", "))"
    }

    /// An event as a line.
    func line(_ event: SessionEvent) -> String {
        let names = event.profiles.map(\.text).joined(separator: ", ")
        let program = event.requester.map { " by \($0) (process \(event.processID))" } ?? ""
        return "\(time.stamp(event.at))  \(names): \(words(event.kind))\(program)"
    }

    private func words(_ kind: SessionEvent.Kind) -> String {
        switch kind {
        case .refreshed(let generation, let end), .adopted(let generation, let end):
            "new tokens, generation \(generation), until \(time.pointAndDistance(end)),"
        case .degraded(let code): "refreshing fails [\(code)],"
        case .recovered: "refreshing works again,"
        case .needsLogin(let code): "the user must sign in [\(code)],"
        case .signInEndsSoon(let end): "the sign-in ends \(time.pointAndDistance(end)),"
        }
    }

    /// The state of a profile as a line.
    func line(_ record: ProfileRecord) -> String {
        let advice = ProfileAdvice(for: record, time).map { " \($0.problem) Try: \($0.command)" } ?? ""
        let state = "\(record.environmentText), \(record.stateText(at: time.now))"
        let token = "access token \(time.remaining(record.shownAccessExpiry))"
        return "\(time.stamp(time.now))  \(record.name): \(state), \(token).\(advice)"
    }

    // MARK: JSON

    /// An event as one JSON object.
    static func json(_ event: SessionEvent) -> JSONText {
        let (name, members) = facts(event.kind)
        return .object(
            [
                ("event", .string(name)), ("at", .string(event.at.description)),
                ("profiles", .array(event.profiles.map { .string($0.text) })),
                ("login_id", .integer(event.login.rawValue)), ("requester", .optional(event.requester)),
                ("pid", .integer(Int64(event.processID))),
            ] + members
        )
    }

    private static func facts(_ kind: SessionEvent.Kind) -> (String, [(String, JSONText)]) {
        switch kind {
        case .refreshed(let generation, let end), .adopted(let generation, let end):
            (
                "refreshed",
                [("generation", .integer(Int64(generation))), ("access_expires_at", .string(end.description))]
            )
        case .degraded(let code): ("degraded", [("code", .string(code.rawValue))])
        case .recovered: ("recovered", [])
        case .needsLogin(let code): ("needs_login", [("code", .string(code.rawValue))])
        case .signInEndsSoon(let end): ("sign_in_ends_soon", [("sign_in_ends_at", .string(end.description))])
        }
    }

    /// The state of a profile as one JSON object. It has the members of `status --json`.
    static func json(_ record: ProfileRecord, now: Timestamp) -> JSONText {
        .object([
            ("event", .string("state")), ("at", .string(now.description)),
            ("profiles", .array([.string(record.name.text)])), ("login_id", .integer(record.login.id.rawValue)),
            ("profile", ProfileText(now: now).json(record)),
        ])
    }
}
