import TradeStationBroker
import TradeStationSessions

/// What `serve` reports, in one line: as text for people, or as JSON for programs.
enum ServeLine {
    /// The profiles and their health, when it has changed.
    case profiles(ServedHealth)
    /// The service has refreshed a login.
    case refreshed([ProfileName], expiresAt: Timestamp)
    /// A profile cannot be kept fresh, or can be again.
    case notice(KeepingNotice)
    /// A profile cannot be served.
    case unserved(AccountsError)
    /// The profiles could not be read.
    case storeFailure(AccountsError)
    /// Another process serves the same store.
    case otherServer(Int32?)
    /// Something that is not about a login.
    case note(String)

    /// The line for an event that tells of a refresh; nil for other events.
    init?(_ event: SessionEvent) {
        guard case .refreshed(_, let end) = event.kind else { return nil }
        self = .refreshed(event.profiles, expiresAt: end)
    }

    // MARK: Text

    func text(_ time: TimeText) -> String {
        switch self {
        case .profiles(let health): return ServeText.profiles(health)
        case .refreshed(let names, let end):
            let names = names.map(\.text).joined(separator: ", ")
            return "\(names): refreshed; the access token ends \(time.pointAndDistance(end))."
        case .notice(let notice):
            return "\(notice.profile): \(notice.failure.map(ServeText.line) ?? "fresh again.")"
        case .unserved(let failure): return (failure.profile.map { "\($0): " } ?? "") + ServeText.line(failure)
        case .storeFailure(let failure): return ServeText.line(failure)
        case .otherServer(let processID):
            let process = processID.map { " (process \($0))" } ?? ""
            return "Another tsaccounts serve\(process) already keeps this store fresh. Both continue; one is enough."
        case .note(let text): return text
        }
    }

    // MARK: JSON

    func json(at now: Timestamp) -> JSONText {
        .object([("event", .string(event)), ("at", .string(now.description))] + members)
    }

    private var event: String {
        switch self {
        case .profiles: "profiles"
        case .refreshed: "refreshed"
        case .notice(let notice): notice.failure == nil ? "fresh_again" : "failing"
        case .unserved: "not_served"
        case .storeFailure: "store_failing"
        case .otherServer: "other_server"
        case .note: "note"
        }
    }

    private var members: [(String, JSONText)] {
        switch self {
        case .profiles(let health):
            [
                ("profiles", .array(health.names.map { .string($0) })), ("fresh", .integer(Int64(health.freshCount))),
                ("try", .array(health.commands.map { .string($0) })),
            ]
        case .refreshed(let names, let end):
            [("profiles", .array(names.map { .string($0.text) })), ("expires_at", .string(end.description))]
        case .notice(let notice):
            [("profile", .string(notice.profile.text))] + (notice.failure.map(members) ?? [])
        case .unserved(let failure): [("profile", .optional(failure.profile))] + members(failure)
        case .storeFailure(let failure): members(failure)
        case .otherServer(let processID): [("process_id", .optional(processID.map { Int64($0) }))]
        case .note(let text): [("message", .string(text))]
        }
    }

    private func members(_ failure: AccountsError) -> [(String, JSONText)] {
        [
            ("code", .string(failure.code.rawValue)), ("message", .string(ServeText.message(failure))),
            ("try", .optional(failure.pastableSuggestion)),
        ]
    }
}
