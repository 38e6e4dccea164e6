import NIOCore
import NIOHTTP1
import TradeStationModel
import TradeStationSessions

/// The events of all logins as server-sent events.
struct EventStream {
    let manager: SessionManager
    let clock: any TimeSource

    /// Sends events until the client leaves or the manager is closed.
    ///
    /// - Parameter lastID: The id of the last event that the client has seen; nil if it wants those from now on.
    func send(after lastID: Int64?, fields: HTTPHeaders, with response: any ResponseWriter) async throws {
        // Before the response begins, so that the client misses nothing from then on.
        var events = (lastID.map { manager.events(after: $0) } ?? manager.events).makeAsyncIterator()
        var head = HTTPResponseHead(version: .http1_1, status: .ok, headers: fields)
        head.headers.replaceOrAdd(name: "Content-Type", value: "text/event-stream")
        try await response.start(head)
        try await withThrowingTaskGroup(of: Void.self) { [clock] group in
            group.addTask {
                while true {
                    // A comment, by which the client sees that the connection lives.
                    try await response.write(ByteBuffer(string: ":\n\n"))
                    try await clock.sleep(milliseconds: Self.heartbeat)
                }
            }
            defer { group.cancelAll() }
            while let event = await events.next() {
                let text = Self.text(event, id: events.lastSequence)
                try await response.write(ByteBuffer(string: text))
            }
        }
    }

    static func text(_ event: SessionEvent, id: Int64?) -> String {
        var members: [(String, JSONText)] = [
            ("login_id", .integer(event.login.rawValue)),
            ("profiles", .array(event.profiles.map { .string($0.text) })),
            ("at", .string(event.at.description)),
            ("requester", .optional(event.requester)), ("pid", .integer(Int64(event.processID))),
        ]
        let kind: String
        switch event.kind {
        case .refreshed(let generation, let end), .adopted(let generation, let end):
            if case .refreshed = event.kind { kind = "refreshed" } else { kind = "adopted" }
            members.append(("generation", .integer(Int64(generation))))
            members.append(("expires_at", .string(end.description)))
        case .degraded(let code):
            kind = "degraded"
            members.append(("code", .string(code.rawValue)))
        case .recovered: kind = "recovered"
        case .needsLogin(let code):
            kind = "needs_login"
            members.append(("code", .string(code.rawValue)))
        case .signInEndsSoon(let end):
            kind = "sign_in_ends_soon"
            members.append(("ends_at", .string(end.description)))
        }
        return (id.map { "id: \($0)\n" } ?? "") + "event: \(kind)\ndata: \(JSONText.object(members).line)\n\n"
    }

    private static let heartbeat: Int64 = 15_000
}
