import Foundation
import TradeStationModel
import TradeStationOAuth

/// One stream: opens its connection, reads typed events from it, and opens it again after an interruption.
struct StreamConnection {
    private let session: Session
    private let call: APICall
    private let scope: StreamScope?
    private var machine = StreamMachine()
    private var tokens: TokenSelector
    /// The request and the reply of the open connection; nil while none is open.
    private var current: (request: AuthorizedCall, reply: StreamReply)?

    private var services: SessionServices { session.services }
    private var now: Int64 { services.clock.bootMilliseconds() }
    private var jitter: Double { services.random.fraction() }

    init(session: Session, call: APICall, scope: StreamScope?) {
        self.session = session
        self.call = call
        self.scope = scope
        tokens = TokenSelector(session: session)
    }

    /// Waits for the next event, and opens the stream as often as necessary.
    ///
    /// - Throws: the error that ends the stream, as ``SessionStream`` lists them.
    mutating func next<Element: Decodable>(of type: Element.Type) async throws -> StreamEvent<Element> {
        while true {
            try Task.checkCancellation()
            guard let request = current?.request else {
                if let interruption = try await open() { return .reopened(interruption) }
                continue
            }
            switch try await readPiece(for: request) {
            case .interrupted(let reason): try await waitToReopen(after: reason)
            case .object(let bytes):
                switch try decode(bytes, as: type, for: request) {
                case .element(let element): return .element(element)
                case .endOfSnapshot: return .endOfSnapshot
                case .idle: continue
                case .goAway: try await waitToReopen(after: .goAway)
                case .error(let part): try await handleError(part, for: request)
                }
            }
        }
    }

    /// Closes the connection and returns when it is no longer read.
    mutating func close() async {
        await current?.reply.close()
        current = nil
    }

    // MARK: Reading

    private mutating func readPiece(for request: AuthorizedCall) async throws -> StreamReply.Piece {
        do {
            return try await current?.reply.next() ?? .interrupted(.connectionLost)
        } catch let fault as StreamFramer.Fault {
            throw AccountsError(
                .serverError,
                "The stream \(request.shownPath) sent data that cannot be read as a JSON object.",
                reason: fault == .tooLong ? "The object is longer than \(StreamFramer.longestObject) bytes." : nil,
                suggestion: "open the stream again later"
            )
        }
    }

    private func decode<Element: Decodable>(
        _ object: [UInt8],
        as type: Element.Type,
        for request: AuthorizedCall
    ) throws -> StreamObject<Element> {
        do {
            return try JSONDecoder().decode(StreamObject<Element>.self, from: Data(object))
        } catch let error as DecodingError {
            throw AccountsError(
                .serverError,
                "An object of the stream \(request.shownPath) does not have the expected form.",
                reason: request.redacted("\(Element.self): \(APIResponse.explanation(of: error))"),
                suggestion: "use a type with optional members for everything that the server may leave out"
            )
        }
    }

    // MARK: Interruptions

    /// Closes the connection and waits until the next one may be opened.
    private mutating func waitToReopen(after reason: StreamInterruption) async throws {
        await closeInterrupted(by: reason)
        try await follow(
            machine.handleInterruption(reason, at: now, jitter: jitter),
            orThrow: AccountsError.closed
        )
    }

    /// Handles an error object. A refused token is replaced if that may help; any other error ends the stream.
    private mutating func handleError(_ part: APIError.Part, for request: AuthorizedCall) async throws {
        let shown = part.redacted(request.redacted)
        let error = StreamError(
            error: shown.error ?? "",
            message: shown.message,
            part: shown,
            path: request.shownPath
        )
        guard error.error == "Unauthorized" else { throw error }
        await closeInterrupted(by: .tokenRefused)
        let token = request.token
        let canRenew = tokens.canRenew(token)
        // An expired token need not be rejected: the next attempt uses a newer one in any case.
        let isUnexpired = token.expiresAt > services.clock.wallTime()
        let step = machine.handleTokenRefusal(
            isUnexpired: isUnexpired,
            canRenew: canRenew,
            at: now,
            jitter: jitter
        )
        if isUnexpired, step != .stop {
            tokens.reject(token)
        } else if isUnexpired, canRenew {
            tokens.recordFutileRenewal(of: token)
        }
        try await follow(step, orThrow: error)
    }

    private mutating func closeInterrupted(by reason: StreamInterruption) async {
        await close()
        services.metrics.recordStreamInterruption(session.profile.name, reason)
    }

    private func follow(_ step: StreamMachine.Step, orThrow error: any Error) async throws {
        switch step {
        case .reopen(let milliseconds): try await services.pause(milliseconds: milliseconds)
        case .renew: break
        case .stop: throw error
        }
    }

    // MARK: Opening

    /// Tries once to open the stream.
    ///
    /// - Returns: the interruption that has ended; nil if the stream was never open before, or could not be opened.
    private mutating func open() async throws -> StreamInterruption? {
        guard let request = try await authorize() else { return nil }
        let quota = session.login.quota
        let number: Int64?
        switch quota.admit(request.quotaRoute, .waitsForPause) {
        case .send(let counted): number = counted
        case .hold(let hold):
            try await handleRefusal(hold.reply, of: request)
            return nil
        }
        func recordQuota(in reply: HTTPExchangeResponse) {
            session.latestResource.record(quota.record(reply, of: request.quotaRoute, number: number))
        }
        try NetworkCapacity.requireOnce()
        let http: HTTPStream
        do throws(TransportFailure) {
            http = try services.streamTransport.open(request.streamRequest)
        } catch {
            throw AccountsError.closed
        }
        scope?.add(http)
        let reply = StreamReply(http, clock: services.clock)
        switch try await reply.opening() {
        case .opened(let head):
            recordQuota(in: head)
            current = (request, reply)
            tokens.recordAcceptance()
            services.metrics.recordStreamOpening(session.profile.name)
            return machine.handleOpening(at: now)
        case .refused(let refusal):
            recordQuota(in: refusal)
            try await handleRefusal(refusal, of: request)
        case .failed(let failure):
            if failure.reason == .closed { throw AccountsError.closed }
            try await follow(
                machine.handleFailure(failure.reason, jitter: jitter),
                orThrow: request.streamError(for: failure)
            )
        }
        return nil
    }

    /// Checks the profile's fences (limits) and gets a token; nil when there is no token yet and another try may help.
    private mutating func authorize() async throws -> AuthorizedCall? {
        let deadline = services.deadline
        do {
            let admitted = try await FenceCheck(session: session, deadline: deadline).admit(call)
            let token = try await tokens.token(for: admitted.record, before: deadline)
            return AuthorizedCall(admitted, token: token)
        } catch let error as AccountsError {
            try await follow(machine.handleMissingToken(error.code, jitter: jitter), orThrow: error)
            return nil
        }
    }

    /// Handles a status other than 200.
    private mutating func handleRefusal(
        _ reply: HTTPExchangeResponse,
        of request: AuthorizedCall
    ) async throws {
        let step = machine.handleRefusal(
            status: reply.status,
            pause: APIQuota.pause(in: reply),
            canRenew: tokens.canRenew(request.token),
            jitter: jitter
        )
        if step == .renew { return tokens.reject(request.token) }
        if reply.status == 401, tokens.hasRejected { tokens.recordFutileRenewal(of: request.token) }
        let unexpected = AccountsError(
            .serverError,
            "The API answered the stream \(request.shownPath) with HTTP \(reply.status).",
            suggestion: "use the path of a stream, for example /v3/marketdata/stream/quotes/MSFT"
        )
        try await follow(step, orThrow: request.refusal(in: reply) ?? unexpected)
    }
}
