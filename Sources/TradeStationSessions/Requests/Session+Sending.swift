import TradeStationModel
import TradeStationOAuth

extension Session {
    /// Sends a call and brings its answer, whatever the status.
    ///
    /// - Throws: ``AccountsError``; `CancellationError`, and then the connection is closed.
    func perform(_ call: APICall) async throws -> APIResponse {
        try await exchange(call).response
    }

    /// The same, with the profile as it stood when the answered request was sent.
    func exchange(_ call: APICall) async throws -> (response: APIResponse, record: ProfileRecord) {
        let timeout = call.timeout?.wholeMilliseconds ?? manager.timeout
        let deadline = manager.clock.bootMilliseconds() + timeout
        guard call.body.count <= APICall.longestBody else { throw AccountsError.bodyTooLong }
        var machine = SendingMachine(isRepeatable: call.isRepeatable, waitsItsTurn: call.waitsItsTurn)
        var refused = 0
        while true {
            // Each time anew: a fence may have been put up while this waited.
            let (target, record) = try await admit(call, before: deadline)
            let token = try await token(for: record, newerThan: refused, before: deadline)
            guard manager.clock.bootMilliseconds() < deadline else { throw AccountsError.noTimeLeft(call, target) }
            try Task.checkCancellation()
            let sent = manager.clock.bootMilliseconds()
            let reply: HTTPExchangeResponse
            do {
                reply = try await manager.apiTransport.execute(request(call, target, token, before: deadline))
                count(call, reply.status, since: sent)
            } catch {
                count(call, error.partial?.status, since: sent)
                try Task.checkCancellation()
                guard let refusal = error.refusal else {
                    if machine.resends(after: error) { continue }
                    throw AccountsError.unanswered(call, target, error, token).about(record.profile.name)
                }
                reply = refusal
            }
            gauge.note(APIQuota(reply, now: manager.clock.wallTime()))
            let step = machine.step(
                status: reply.status,
                pause: APIQuota.pause(in: reply),
                remaining: deadline - manager.clock.bootMilliseconds(),
                canRenew: !cache.isFutile(generation: token.generation)
            )
            switch step {
            case .deliver:
                if reply.status == 401, refused > 0 { cache.noteFutile(generation: token.generation) }
                return (response(reply, call, target, token), record)
            case .renew:
                cache.refuse(generation: token.generation)
                refused = token.generation
            case .wait(let milliseconds):
                try await manager.pause(milliseconds: milliseconds)
            }
        }
    }

    /// The token to send. When another process has signed in, refreshed or signed out meanwhile, what it left counts.
    func token(
        for record: ProfileRecord,
        newerThan refused: Int,
        before deadline: Int64
    ) async throws -> AccessToken {
        if refused > 0 { return try await token(.newer(than: refused), before: deadline) }
        if record.login.generation > cache.generation {
            _ = try await manager.cache(for: record)
            if record.login.state != .ready {
                return try await token(.newer(than: cache.generation), before: deadline)
            }
        }
        if let token = currentAccessToken() { return token }
        return try await token(.validity(milliseconds: 0), before: deadline)
    }

    private func count(_ call: APICall, _ status: Int?, since sent: Int64) {
        manager.metrics.requested(
            profile.profile.name,
            call.method,
            status: status,
            milliseconds: manager.clock.bootMilliseconds() - sent
        )
    }

    private func request(
        _ call: APICall,
        _ target: APIRequestTarget,
        _ token: AccessToken,
        before deadline: Int64
    ) -> HTTPExchangeRequest {
        var request = HTTPExchangeRequest(
            method: call.method,
            url: target.url,
            headers: [("Authorization", token.authorizationHeader), ("Accept", "application/json")],
            body: call.body,
            deadlineMilliseconds: Int(max(1, deadline - manager.clock.bootMilliseconds()))
        )
        // DOC HTTP Requests: JSON bodies name their type.
        if !call.body.isEmpty { request.headers.append(("Content-Type", "application/json")) }
        return request
    }

    private func response(
        _ reply: HTTPExchangeResponse,
        _ call: APICall,
        _ target: APIRequestTarget,
        _ token: AccessToken
    ) -> APIResponse {
        APIResponse(
            status: reply.status,
            headers: reply.headers,
            body: reply.body,
            error: APIError(reply, method: call.method, path: target.path, token: token.secret),
            redact: { Redaction.printable($0, without: [token.secret], limit: 500) },
            mayHaveActed: !call.isRepeatable
        )
    }
}

extension TransportFailure {
    /// A refusal whose body did not come whole. What its status says stands.
    fileprivate var refusal: HTTPExchangeResponse? { partial.flatMap { $0.status >= 400 ? $0 : nil } }
}

extension AccountsError {
    fileprivate static let bodyTooLong = AccountsError(
        .usage,
        "The body is longer than \(APICall.longestBody) bytes.",
        suggestion: "fewer orders in one request"
    )

    fileprivate static func noTimeLeft(_ call: APICall, _ target: APIRequestTarget) -> AccountsError {
        AccountsError(
            .serverUnreachable,
            "There was no time left to send \(call.method) \(target.path.printable(limit: 120)).",
            suggestion: "the same request with a longer timeout"
        )
    }

    /// No answer came. Whether the server may have acted decides what to do next.
    fileprivate static func unanswered(
        _ call: APICall,
        _ target: APIRequestTarget,
        _ failure: TransportFailure,
        _ token: AccessToken
    ) -> AccountsError {
        let path = Redaction.printable(target.path, without: [token.secret], limit: 120)
        guard call.isRepeatable || failure.stage == .notSent else {
            return AccountsError(
                .outcomeUnknown,
                "\(call.method) \(path) got no answer, and may have been carried out.",
                reason: failure.explanation,
                suggestion: "a look at the account's orders before it is sent again"
            )
        }
        if failure.reason == .closed { return .closed }
        if failure.reason == .tooLarge {
            return AccountsError(
                .serverError,
                "The answer to \(call.method) \(path) is too long to be read.",
                suggestion: "a request for less, for example fewer bars"
            )
        }
        return AccountsError(
            .serverUnreachable,
            "The API gave no answer to \(call.method) \(path).",
            reason: failure.explanation,
            suggestion: "the same request when the network is back"
        )
    }
}
