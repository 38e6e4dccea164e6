import Logging
import NIOCore
import NIOHTTP1
import Synchronization
import TradeStationSessions

/// Answers the requests of the dashboard's listener.
final class DashboardResponder: HTTPResponder {
    private let manager: SessionManager
    private let clock: any TimeSource
    private let zone: WallZone
    private let logger: Logger
    /// Nil until the port is known.
    private let gate = Mutex<DashboardGate?>(nil)

    /// - Parameters:
    ///   - clock: The clock of the manager.
    ///   - zone: The zone of the times on the page.
    init(manager: SessionManager, clock: any TimeSource, zone: WallZone, logger: Logger) {
        self.manager = manager
        self.clock = clock
        self.zone = zone
        self.logger = logger
    }

    /// Begins to answer.
    func open(with gate: DashboardGate) {
        self.gate.withLock { $0 = gate }
    }

    func respond(to request: IncomingRequest, with response: any ResponseWriter) async {
        let now = clock.bootMilliseconds()
        let (decision, cookie, path) = gate.withLock { gate in
            (gate?.decide(request.head, now: now), gate?.cookieField ?? "", gate?.path ?? "/")
        }
        // A client that is gone needs no answer.
        try? await answer(decision, to: request.head, cookie: cookie, path: path, with: response)
    }

    private func answer(
        _ decision: DashboardGate.Decision?,
        to head: HTTPRequestHead,
        cookie: String,
        path: String,
        with response: any ResponseWriter
    ) async throws {
        let reply = Reply(response: response, isHead: head.method == .HEAD)
        switch decision {
        case .page(let view): try await send(view, reply)
        case .styleSheet: try await reply.send(.ok, "text/css; charset=utf-8", PackageResources.dashboard_css)
        case .script: try await reply.send(.ok, "text/javascript; charset=utf-8", PackageResources.dashboard_js)
        case .events: try await sendEvents(reply)
        case .admit(byPage: false):
            try await reply.send(.seeOther, Self.html, [], [("location", path), ("set-cookie", cookie)])
        case .admit(byPage: true):
            let page = HTML.document(
                DashboardNotice.head(title: "tsaccounts", hasFiles: false)
                    + [.element("meta", ["http-equiv": "refresh", "content": "0; url=\(path)"])],
                [.element("p", [:], [.element("a", ["href": path], ["Continue to the dashboard"])])]
            )
            try await reply.send(.ok, Self.html, Array(page.utf8), [("set-cookie", cookie)])
        case .refuse(let status, let title, let message):
            let command = status == 403 ? PastableCommand("tsaccounts dashboard").text : nil
            let page = DashboardNotice(title: title, message: message, command: command).text
            let others = status == 405 ? [("allow", "GET, HEAD")] : []
            try await reply.send(HTTPResponseStatus(statusCode: status), Self.html, Array(page.utf8), others)
        case nil: try await reply.send(.serviceUnavailable, Self.html, [])
        }
    }

    private static let html = "text/html; charset=utf-8"

    // MARK: The page

    private func send(_ view: DashboardView, _ reply: Reply) async throws {
        do {
            let snapshot = try await manager.snapshot(hours: view.hours, clock: clock)
            let page = DashboardPage(snapshot: snapshot, view: view, zone: zone).text
            try await reply.send(.ok, Self.html, Array(page.utf8))
        } catch let error as AccountsError {
            logger.info("the dashboard could not read the store", metadata: ["code": "\(error.code)"])
            let page = DashboardNotice(
                title: "The store cannot be read",
                message: [error.message, error.reason].compactMap { $0 }.joined(separator: " ") + " [\(error.code)]",
                command: error.pastableSuggestion
            ).text
            try await reply.send(.serviceUnavailable, Self.html, Array(page.utf8))
        }
    }

    // MARK: Events

    /// Says when the audit has a new row, and every few seconds that the connection is alive. Ends with the client.
    private func sendEvents(_ reply: Reply) async throws {
        try await reply.start(.ok, "text/event-stream; charset=utf-8")
        guard !reply.isHead else { return try await reply.end() }
        var pulse = StorePulse(now: clock.bootMilliseconds())
        try await reply.write("retry: 2000\n\n")
        while true {
            if let beat = pulse.beat(newest: await manager.newestAuditRow, now: clock.bootMilliseconds()) {
                try await reply.write("event: \(beat.rawValue)\ndata: \(clock.wallTime())\n\n")
            }
            try await clock.sleep(milliseconds: StorePulse.intervalMilliseconds)
        }
    }

    /// A response that is being written.
    private struct Reply {
        let response: any ResponseWriter
        let isHead: Bool

        func send(
            _ status: HTTPResponseStatus,
            _ type: String,
            _ body: [UInt8],
            _ others: [(String, String)] = []
        ) async throws {
            let length = ("content-length", String(body.count))
            try await response.start(DashboardFields.head(status, type, others + [length]))
            if !isHead, !body.isEmpty { try await response.write(ByteBuffer(bytes: body)) }
            try await end()
        }

        func start(_ status: HTTPResponseStatus, _ type: String) async throws {
            try await response.start(DashboardFields.head(status, type))
        }

        func write(_ text: String) async throws { try await response.write(ByteBuffer(string: text)) }

        func end() async throws { try await response.end(nil) }
    }
}
