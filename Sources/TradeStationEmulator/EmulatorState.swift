import Foundation

/// Everything an emulator knows, as one value behind one lock.
struct EmulatorState: Sendable {
    /// A request that was let in: its line in the log, and the fault that waits for it.
    struct Admission: Sendable {
        let seq: Int
        let endpoint: Endpoint
        let fault: EmulatorFault?
    }

    /// The log keeps the newest requests; a test never comes near, and an emulator may run for weeks.
    static let longestLog = 100_000

    var server: AuthorizationServer
    private(set) var api = TradeStationAPI()
    var streams = StreamHub()
    var watchers = Watchers()
    var faults = FaultQueue()
    /// Seconds that the emulator's clock is ahead of the configured one.
    var clockOffset: TimeInterval = 0
    private var counted = EmulatorCounts()
    private(set) var log: [RequestLogEntry] = []
    private var requestsSeen = 0

    init(server: AuthorizationServer) {
        self.server = server
    }

    var counts: EmulatorCounts {
        var counts = counted
        counts.loginsLost = server.loginsLost
        counts.throttled = api.throttled
        counts.ordersAccepted = api.book.accepted
        counts.ordersReplaced = api.book.replaced
        counts.ordersCancelled = api.book.cancelled
        counts.openStreams = streams.openCount
        counts.streamsOpened = streams.opened
        return counts
    }

    /// Counts and logs a request on arrival, before anything is decided about it.
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
            counted.authorizeRequests += 1
            entry.clientID = FormFields(request.query)?["client_id"]
        case .token:
            let fields = FormFields(request.body)
            entry.grantType = fields?["grant_type"]
            entry.presented = fields?["refresh_token"].map(Fingerprint.of)
            entry.clientID = fields.flatMap { clientID(request, $0) }
            if let grantType = entry.grantType {
                counted.exchanges += 1
                if grantType == "authorization_code" { counted.codeExchanges += 1 }
                if grantType == "refresh_token" { counted.refreshes += 1 }
            }
        case .revoke:
            let fields = AuthorizationServer.revocationFields(request)
            counted.revocations += 1
            entry.presented = (fields?["token"] ?? fields?["refresh_token"]).map(Fingerprint.of)
            entry.clientID = fields.flatMap { clientID(request, $0) }
        case .api:
            counted.apiRequests += 1
            entry.access = request.bearerToken.map(Fingerprint.of)
            entry.username = server.caller(withAccessToken: request.bearerToken, at: now)?.user.username
        case .signIn, .control, .methodNotAllowed, .unknown: break
        }
        let fault = faults.take(at: endpoint.places)
        entry.fault = fault?.action.name
        log.append(entry)
        if log.count > Self.longestLog { log.removeFirst(log.count - Self.longestLog) }
        return Admission(seq: requestsSeen, endpoint: endpoint, fault: fault)
    }

    /// Decides about a request that was admitted, changes what it changes, and logs it.
    mutating func decide(_ request: IncomingRequest, _ admission: Admission, moment: Moment) -> Answer {
        let outcome =
            switch admission.endpoint {
            case .authorize: server.authorize(request, moment: moment)
            case .signIn: server.signIn(request, moment: moment)
            case .token: server.token(request, moment: moment)
            case .revoke: server.revoke(request)
            case .api(let call): answer(call, request, seq: admission.seq, at: moment.now)
            case .methodNotAllowed(let allow): Outcome(methodNotAllowed(allow: allow))
            case .control, .unknown: Outcome(APIFailure.version3(404, "The resource cannot be found."))
            }
        amend(admission.seq) { $0.record(outcome) }
        return outcome.answer
    }

    /// Notes what is really sent: the decision's answer, a scripted one, or nothing at all.
    mutating func conclude(_ admission: Admission, sent answer: Answer?) {
        guard let answer else { return }
        amend(admission.seq) { entry in
            entry.status = answer.status
            entry.error = answer.oauthError
        }
        if admission.endpoint == .token, answer.oauthError != nil { counted.refused += 1 }
    }

    private mutating func amend(_ seq: Int, _ change: (inout RequestLogEntry) -> Void) {
        guard let index = log.lastIndex(where: { $0.seq == seq }) else { return }
        change(&log[index])
    }

    /// RFC 9110 section 15.5.6: the answer names the methods that are.
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
        let surroundings = TradeStationAPI.Surroundings(
            settings: server.settings,
            seq: seq,
            openStreams: caller.map { streams.openCount(of: $0.user.username) } ?? 0,
            now: now
        )
        let outcome = api.answer(call, request, caller: caller, surroundings)
        streams.report(outcome.changedOrders, server.settings, at: now)
        return outcome
    }
}
