import Foundation

/// The complete state of an emulator, as one value.
struct EmulatorState: Sendable {
    /// The log number, endpoint and fault of a request that was counted and logged.
    struct Admission: Sendable {
        let seq: Int
        let endpoint: Endpoint
        let fault: EmulatorFault?
    }

    /// The maximum number of requests in the log; older ones are removed, so that an emulator can run for weeks.
    static let maximumLogEntries = 100_000

    var server: AuthorizationServer
    private(set) var api = TradeStationAPI()
    var streams = OpenStreams()
    var observers = CountObservers()
    var faults = FaultQueue()
    /// The seconds by which the emulator's clock is ahead of ``EmulatorConfiguration/now``.
    var clockOffset: TimeInterval = 0
    private var tally = EmulatorCounts()
    private(set) var log: [RequestLogEntry] = []
    private var requestsSeen = 0

    init(server: AuthorizationServer) {
        self.server = server
    }

    var counts: EmulatorCounts {
        var counts = tally
        counts.loginsLost = server.loginsLost
        counts.throttled = api.throttled
        counts.ordersAccepted = api.book.accepted
        counts.ordersReplaced = api.book.replaced
        counts.ordersCancelled = api.book.cancelled
        counts.openStreams = streams.openCount
        counts.streamsOpened = streams.opened
        return counts
    }

    /// Counts and logs a request on arrival, before it is handled.
    mutating func admit(_ request: IncomingRequest, at now: Date) -> Admission {
        let endpoint = Endpoint(request)
        requestsSeen += 1
        var entry = RequestLogEntry(
            seq: requestsSeen,
            at: Timestamp.text(now),
            method: request.method,
            path: request.path
        )
        switch endpoint {
        case .authorize:
            tally.authorizeRequests += 1
            entry.clientID = FormFields(request.query)?["client_id"]
        case .token:
            let fields = FormFields(request.body)
            entry.grantType = fields?["grant_type"]
            entry.presented = fields?["refresh_token"].map(Fingerprint.of)
            entry.clientID = fields.flatMap { clientID(request, $0) }
            if let grantType = entry.grantType {
                tally.exchanges += 1
                if grantType == "authorization_code" { tally.codeExchanges += 1 }
                if grantType == "refresh_token" { tally.refreshes += 1 }
            }
        case .revoke:
            let fields = AuthorizationServer.revocationFields(request)
            tally.revocations += 1
            entry.presented = (fields?["token"] ?? fields?["refresh_token"]).map(Fingerprint.of)
            entry.clientID = fields.flatMap { clientID(request, $0) }
        case .api:
            tally.apiRequests += 1
            entry.access = request.bearerToken.map(Fingerprint.of)
            entry.username = server.caller(withAccessToken: request.bearerToken, at: now)?.user.username
        case .signIn, .control, .methodNotAllowed, .unknown: break
        }
        let fault = faults.take(at: endpoint.places)
        entry.fault = fault?.action.name
        log.append(entry)
        if log.count > Self.maximumLogEntries { log.removeFirst(log.count - Self.maximumLogEntries) }
        return Admission(seq: requestsSeen, endpoint: endpoint, fault: fault)
    }

    /// Handles an admitted request, changes the state and logs the outcome.
    mutating func handle(_ request: IncomingRequest, _ admission: Admission, context: DecisionContext) -> Answer {
        let outcome =
            switch admission.endpoint {
            case .authorize: server.authorize(request, context: context)
            case .signIn: server.signIn(request, context: context)
            case .token: server.token(request, context: context)
            case .revoke: server.revoke(request)
            case .api(let call): answer(call, request, seq: admission.seq, at: context.now)
            case .methodNotAllowed(let allow): Outcome(methodNotAllowed(allow: allow))
            case .control, .unknown: Outcome(APIFailure.version3(404, "The resource cannot be found."))
            }
        updateLogEntry(admission.seq) { $0.record(outcome) }
        return outcome.answer
    }

    /// Logs the answer that is sent: the normal one, a scripted one, or none.
    mutating func recordAnswer(_ answer: Answer?, to admission: Admission) {
        guard let answer else { return }
        updateLogEntry(admission.seq) { entry in
            entry.status = answer.status
            entry.error = answer.oauthError
        }
        if admission.endpoint == .token, answer.oauthError != nil { tally.refused += 1 }
    }

    private mutating func updateLogEntry(_ seq: Int, _ change: (inout RequestLogEntry) -> Void) {
        guard let index = log.lastIndex(where: { $0.seq == seq }) else { return }
        change(&log[index])
    }

    /// A 405 answer, which lists the allowed methods (RFC 9110 section 15.5.6).
    private func methodNotAllowed(allow: String) -> Answer {
        var answer = APIFailure.version3(405, "This method is not allowed here.")
        answer.fields.append(.init(name: "allow", value: allow))
        return answer
    }

    private func clientID(_ request: IncomingRequest, _ fields: FormFields) -> String? {
        ClientCredentials(request, fields: fields, acceptsBasic: server.settings.acceptsBasic).id
    }

    private mutating func answer(_ call: APICall, _ request: IncomingRequest, seq: Int, at now: Date) -> Outcome {
        let caller = server.caller(withAccessToken: request.bearerToken, at: now)
        let context = TradeStationAPI.Context(
            settings: server.settings,
            seq: seq,
            openStreams: caller.map { streams.openCount(of: $0.user.username) } ?? 0,
            now: now
        )
        let outcome = api.answer(call, request, caller: caller, context)
        streams.report(outcome.changedOrders, server.settings, at: now)
        return outcome
    }

    /// Lets streams send the objects and heartbeats that are due. Ends those whose access token has expired, if the
    /// settings require it.
    mutating func passTime(to now: Date, _ selection: StreamSelection = .all) {
        let server = server
        streams.update(selection) { stream in
            stream.advance(
                to: now,
                server.settings,
                isTokenValid: server.grant(forAccessToken: stream.plan.accessToken, at: now) != nil
            )
        }
    }
}
