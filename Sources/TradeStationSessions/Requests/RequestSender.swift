import TradeStationModel
import TradeStationOAuth

/// Sends one call with a current token, and sends it again where that is safe and the caller still waits.
struct RequestSender {
    private let session: Session
    private let call: APICall
    /// When the caller stops waiting, in milliseconds of the boot clock.
    private let deadline: Int64
    private var machine: SendingMachine
    private var tokens: TokenSelector

    private var services: SessionServices { session.services }
    private var remaining: Int64 { deadline - services.clock.bootMilliseconds() }

    init(session: Session, call: APICall) {
        self.session = session
        self.call = call
        let clock = session.services.clock
        let timeout = call.timeout?.wholeMilliseconds ?? session.services.timeoutMilliseconds
        deadline = clock.bootMilliseconds() + timeout
        machine = SendingMachine(call)
        tokens = TokenSelector(session: session)
    }

    /// Sends the call and returns its response, regardless of the status, and the profile as it was when the call was
    /// sent.
    ///
    /// - Throws: ``AccountsError``; `CancellationError`, after which the connection is closed.
    mutating func send() async throws -> (response: APIResponse, record: ProfileRecord) {
        guard call.body.count <= APICall.longestBody else { throw AccountsError.bodyTooLong }
        while true {
            // Checked before each attempt: a fence (a limit of the profile) may have been added during a pause.
            let admitted = try await FenceCheck(session: session, deadline: deadline).admit(call)
            let token = try await tokens.token(for: admitted.record, before: deadline)
            let request = AuthorizedCall(admitted, token: token)
            guard remaining > 0 else { throw request.noTimeLeft }
            try NetworkCapacity.requireOnce()
            try Task.checkCancellation()
            guard let reply = try await reply(to: request) else { continue }
            session.latestQuota.record(APIQuota(reply, now: services.clock.wallTime()))
            let step = machine.handleReply(
                status: reply.status,
                pause: APIQuota.pause(in: reply),
                remaining: remaining,
                canRenew: tokens.canRenew(token)
            )
            switch step {
            case .deliver:
                if reply.status == 401, tokens.hasRejected { tokens.recordFutileRenewal(of: token) }
                return (request.response(from: reply), admitted.record)
            case .renew:
                tokens.reject(token)
            case .wait(let milliseconds):
                try await services.pause(milliseconds: milliseconds)
            }
        }
    }

    /// Sends a request once. Returns nil when it got no reply and is to be sent again.
    private mutating func reply(to request: AuthorizedCall) async throws -> HTTPExchangeResponse? {
        let sentAt = services.clock.bootMilliseconds()
        do throws(TransportFailure) {
            let reply = try await services.apiTransport.execute(request.exchangeRequest(within: remaining))
            recordRequest(status: reply.status, since: sentAt)
            return reply
        } catch {
            recordRequest(status: error.partial?.status, since: sentAt)
            try Task.checkCancellation()
            // The status of a refusal counts, even if its body is incomplete.
            if let partial = error.partial, partial.status >= 400 { return partial }
            if machine.handleFailure(error) { return nil }
            throw request.error(for: error)
        }
    }

    private func recordRequest(status: Int?, since sentAt: Int64) {
        services.metrics.recordRequest(
            session.profile.name,
            call.method,
            status: status,
            milliseconds: services.clock.bootMilliseconds() - sentAt
        )
    }
}

extension AccountsError {
    fileprivate static let bodyTooLong = AccountsError(
        .usage,
        "The body is longer than \(APICall.longestBody) bytes.",
        suggestion: "send fewer orders in one request"
    )
}
