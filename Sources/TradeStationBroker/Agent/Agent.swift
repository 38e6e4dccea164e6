import NIOCore
package import NIOHTTP1
package import TradeStationModel
package import TradeStationSessions

/// The API of `tsaccounts serve` on its socket: profiles, access tokens, refreshes and events.
package final class Agent: HTTPResponder {
    private let manager: SessionManager
    private let texts: AgentTexts
    private let mounts: AgentMounts
    private let clock: any TimeSource
    private let fields: HTTPHeaders
    private let store: StoreIdentity?
    private let sessions: ServedSessions
    private let uses: UseLog

    /// - Parameters:
    ///   - store: The store of the manager; nil if it has no directory.
    ///   - mounts: What else is served on the socket.
    package init(
        _ manager: SessionManager,
        store: StoreIdentity?,
        texts: AgentTexts,
        mounts: AgentMounts = AgentMounts(),
        clock: any TimeSource
    ) {
        self.manager = manager
        self.store = store
        self.texts = texts
        self.mounts = mounts
        self.clock = clock
        var fields: HTTPHeaders = ["Content-Type": "application/json", "Cache-Control": "no-store"]
        fields.add(name: StoreIdentity.versionField, value: Product.version)
        if let store { fields.add(name: StoreIdentity.field, value: store.text) }
        self.fields = fields
        sessions = ServedSessions(manager, fields: fields)
        uses = UseLog(manager, clock: clock)
    }

    /// Writes the uses of profiles into the audit until the task is cancelled, and then closes the listener.
    package func run(on listener: HTTPListener?) async {
        let keep: @Sendable (Int64, Int64) -> Void = { [sessions] in sessions.keep(from: $0, to: $1) }
        await uses.run(written: keep)
        // In a task of its own, because this one is cancelled.
        await Task { [uses] in
            await listener?.close()
            await uses.write(written: keep)
        }.value
    }

    /// The limits of the agent's connections. Event streams never end by themselves, so closing waits only briefly.
    package static var limits: HTTPLimits {
        var limits = HTTPLimits()
        limits.closeTime = .seconds(1)
        return limits
    }

    // MARK: Responses

    package func immediateResponse(to head: HTTPRequestHead, on connection: ClientConnection) -> PreparedResponse? {
        guard head.method == .GET || head.method == .HEAD, let served = sessions.session(at: head.uri),
            let response = served.response()
        else { return nil }
        note(served.session, connection)
        return response
    }

    package func respond(to request: IncomingRequest, with response: any ResponseWriter) async {
        let route = AgentRoute(request.head.uri)
        do {
            if let methods = route.methods, !methods.contains(request.head.method) {
                return try await refuse(allowing: methods, with: response)
            }
            try await answer(route, request, with: response)
        } catch let error as AccountsError {
            try? await send(error, with: response)
        } catch {
            // The client is gone.
        }
    }

    private func answer(_ route: AgentRoute, _ request: IncomingRequest, with response: any ResponseWriter) async throws
    {
        switch route {
        case .health: try await send(health(), with: response)
        case .profiles: try await send(texts.profiles(try await manager.registry.listing()), with: response)
        case .profile(let name): try await send(texts.profile(try await record(name)), with: response)
        case .token(let name, let minValidity):
            try await sendToken(of: name, try Self.seconds(minValidity), request, with: response)
        case .refresh(let name):
            let report = try await manager.refresh(try await record(name))
            try await send(Self.json(report), with: response)
        case .events:
            let last = request.head.headers.first(name: "Last-Event-ID").flatMap { Int64($0) }
            let stream = EventStream(manager: manager, clock: clock)
            try await stream.send(after: last, fields: fields, with: response)
        case .door(let name, let door, let rest):
            guard let responder = mounts.profileDoors[door] else { throw Self.unknownPath(request.head.uri) }
            await responder.respond(to: request, profile: name, target: rest, with: response)
        case .other(let path):
            guard let responder = mounts.paths[path] else { throw Self.unknownPath(path) }
            await responder.respond(to: request, with: response)
        }
    }

    private func sendToken(
        of name: String,
        _ minValidity: UInt32,
        _ request: IncomingRequest,
        with response: any ResponseWriter
    ) async throws {
        let served = try await sessions.session(named: name)
        if let ready = served.response(minValidity: Int64(minValidity)) {
            note(served.session, request.connection)
            return try await response.send(ready)
        }
        if request.head.headers["Prefer"].contains(AgentClient.preference) {
            throw AccountsError(
                .backingOff,
                profile: name,
                "The agent has no fresh token in memory.",
                suggestion: "Ask again without Prefer: \(AgentClient.preference)."
            )
        }
        let report = try await manager.token(served.session.profile, validFor: .seconds(Int64(minValidity)))
        if let failure = report.saveFailure, !report.isSaved { throw failure }
        note(served.session, request.connection)
        try await send(TokenText.json(report), with: response)
    }

    private func record(_ name: String) async throws -> ProfileRecord {
        try await manager.registry.profile(named: ProfileName(name))
    }

    /// Notes in the audit who uses a profile: once per connection and profile.
    private func note(_ session: Session, _ connection: ClientConnection) {
        guard connection.isFirstUse(of: session.profile.profile.id) else { return }
        uses.note(ProfileUse(of: session.profile, by: connection.client, through: .agent))
    }

    // MARK: Texts

    private func health() -> String {
        JSONText.object([
            ("status", .string("ok")), ("version", .string(Product.version)), ("store", .optional(store?.text)),
        ]).line
    }

    private static func json(_ report: RefreshReport) -> String {
        JSONText.object([
            ("profile", .string(report.profile.text)), ("outcome", .string(report.outcome.rawValue)),
            ("generation", .integer(Int64(report.generation))),
            ("expires_at", .string(report.expiresAt.description)),
        ]).line
    }

    private static func seconds(_ text: String?) throws -> UInt32 {
        guard let text else { return 0 }
        guard let seconds = UInt32(text) else {
            throw AccountsError(
                .usage,
                "min_validity is not a number of seconds.",
                suggestion: "/v1/profiles/NAME/token?min_validity=60"
            )
        }
        return seconds
    }

    private static func unknownPath(_ path: String) -> AccountsError {
        AccountsError(
            .profileNotFound,
            "There is nothing at \(path.printable(limit: 120)).",
            suggestion: "GET /v1/profiles"
        )
    }

    // MARK: Sending

    private func send(_ json: String, with response: any ResponseWriter) async throws {
        try await send(.ok, json, with: response)
    }

    private func send(_ error: AccountsError, with response: any ResponseWriter) async throws {
        let error = AgentError(error, texts)
        try await send(error.status, error.json, with: response)
    }

    private func send(
        _ status: HTTPResponseStatus,
        _ json: String,
        with response: any ResponseWriter
    ) async throws {
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: fields)
        try await response.send(head, body: ByteBuffer(string: json + "\n"))
    }

    private func refuse(allowing methods: [HTTPMethod], with response: any ResponseWriter) async throws {
        let names = methods.map(\.rawValue).joined(separator: ", ")
        let error = AgentError(AccountsError(.usage, "The path allows these methods: \(names)."), texts)
        var head = HTTPResponseHead(version: .http1_1, status: .methodNotAllowed, headers: fields)
        head.headers.add(name: "Allow", value: names)
        try await response.send(head, body: ByteBuffer(string: error.json + "\n"))
    }
}
