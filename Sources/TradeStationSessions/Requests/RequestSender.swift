import TradeStationModel
import TradeStationOAuth

/// Sends one call with a current token, and sends it again where that is safe and the caller still waits.
struct RequestSender<Exchange: CallExchange> {
    /// A call that was sent.
    struct Sent {
        /// The reply, regardless of its status.
        let reply: Exchange.Reply
        let request: AuthorizedCall
        /// The profile as it was when the call was sent.
        let record: ProfileRecord
    }

    private let session: Session
    private let call: APICall
    private let exchange: Exchange
    /// When the caller stops waiting, in milliseconds of the boot clock.
    private let deadline: Int64
    private var machine: SendingMachine
    private var tokens: TokenSelector
    /// How far the call got. After ``send()`` has thrown, this is the part that failed.
    private(set) var stage = CallStage.checking

    private var services: SessionServices { session.services }
    private var remaining: Int64 { deadline - services.clock.bootMilliseconds() }

    init(session: Session, call: APICall, exchange: Exchange) {
        self.session = session
        self.call = call
        self.exchange = exchange
        let clock = session.services.clock
        let timeout = call.timeout?.wholeMilliseconds ?? session.services.timeoutMilliseconds
        deadline = clock.bootMilliseconds() + timeout
        machine = SendingMachine(call)
        tokens = TokenSelector(session: session)
    }

    /// Sends the call and returns its reply, regardless of the status.
    ///
    /// - Throws: ``AccountsError``; `CancellationError`, after which the connection is closed.
    mutating func send() async throws -> Sent {
        guard call.body.count <= APICall.longestBody else { throw AccountsError.bodyTooLong }
        while true {
            // Checked before each attempt: a fence (a limit of the profile) may have been added during a pause.
            stage = .checking
            let admitted = try await FenceCheck(session: session, deadline: deadline).admit(call)
            stage = .authorizing
            let token = try await tokens.token(for: admitted.record, before: deadline)
            let request = AuthorizedCall(admitted, token: token)
            guard remaining > 0 else { throw request.noTimeLeft }
            try NetworkCapacity.requireOnce()
            try Task.checkCancellation()
            stage = .sending(failure: nil)
            guard let reply = try await admittedReply(to: request) else { continue }
            let head = exchange.head(of: reply)
            let step = machine.handleReply(
                status: head.status,
                pause: APIQuota.pause(in: head),
                remaining: remaining,
                canRenew: tokens.canRenew(token)
            )
            switch step {
            case .deliver:
                if head.status == 401, tokens.hasRejected { tokens.recordFutileRenewal(of: token) }
                return Sent(reply: reply, request: request, record: admitted.record)
            case .renew:
                tokens.reject(token)
            case .wait(let milliseconds):
                try await services.pause(milliseconds: milliseconds)
            }
        }
    }

    /// Sends a request once, unless the login's quota is used up: then returns the 429 that the server would send.
    private mutating func admittedReply(to request: AuthorizedCall) async throws -> Exchange.Reply? {
        let quota = session.login.quota
        switch quota.admit(request.quotaRoute, call.quotaPatience) {
        case .hold(let hold): return exchange.reply(with: hold.reply)
        case .send(let number):
            let reply: Exchange.Reply?
            do {
                reply = try await self.reply(to: request)
            } catch {
                quota.uncount(request.quotaRoute, number: number)
                throw error
            }
            guard let reply else {
                quota.uncount(request.quotaRoute, number: number)
                return nil
            }
            let head = exchange.head(of: reply)
            session.latestResource.record(quota.record(head, of: request.quotaRoute, number: number))
            return reply
        }
    }

    /// Sends a request once. Returns nil when it got no reply and is to be sent again.
    private mutating func reply(to request: AuthorizedCall) async throws -> Exchange.Reply? {
        let sentAt = services.clock.bootMilliseconds()
        do throws(TransportFailure) {
            let reply = try await exchange.send(request, within: remaining)
            recordRequest(status: exchange.head(of: reply).status, since: sentAt)
            return reply
        } catch {
            recordRequest(status: error.partial?.status, since: sentAt)
            try Task.checkCancellation()
            if machine.handleFailure(error) { return nil }
            stage = .sending(failure: error.reason)
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

/// The parts of sending a call.
enum CallStage: Sendable, Equatable {
    /// The path and the fences are checked.
    case checking
    /// A token is selected, or a refresh is waited for.
    case authorizing
    /// The request is sent, and its reply waited for. The failure is nil while there is none.
    case sending(failure: TransportFailure.Reason?)
}

extension AccountsError {
    fileprivate static let bodyTooLong = AccountsError(
        .usage,
        "The body is longer than \(APICall.longestBody) bytes.",
        suggestion: "send fewer orders in one request"
    )
}
