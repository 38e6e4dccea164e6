package import TradeStationModel
import TradeStationOAuth

extension Session {
    /// Sends the request of a foreign program to the profile's own host, and returns the answer as it arrives.
    ///
    /// The rules are those of ``get(_:query:timeout:)`` and its siblings: the fences, the token, a newer token after a
    /// 401, the pause after a 429, and when a request is sent again. They are applied to the head of an answer; the body
    /// is passed on. Only the head has a time limit.
    ///
    /// - Throws: ``ForwardingFailure``; `CancellationError`, after which the connection to the API is closed.
    package func forward(_ request: ForwardedRequest) async throws -> ForwardedResponse {
        let exchange = StreamedReplies(transport: services.streamTransport, clock: services.clock)
        var sender = RequestSender(session: self, call: request.call, exchange: exchange)
        do {
            let sent = try await sender.send()
            return ForwardedResponse(
                status: sent.reply.head.status,
                fields: sent.reply.head.headers,
                body: .init(beginning: sent.reply.head.body, http: sent.reply.http, request: sent.request)
            )
        } catch let error as AccountsError {
            throw ForwardingFailure(error.about(profile.name), at: sender.stage)
        } catch let error as APIError {
            // The API did not tell whose order the request is about.
            throw ForwardingFailure(AccountsError(error, profile: profile.name), at: .sending(failure: nil))
        }
    }

    /// Refuses a request for another environment than the profile's, and records that in the audit.
    package func refusal(of request: ForwardedRequest, to host: String) async -> AccountsError {
        let path = Redaction.printable(request.path, without: login.secrets, limit: 400)
        return await FenceRefusal(
            record: profile,
            kind: .environment,
            detail: ["method": request.method, "path": path, "host": host.printable(limit: 100)],
            message: "A simulator profile cannot send requests to \(host.printable(limit: 100)).",
            reason: "The program asks for the host of real accounts."
        ).report(to: services)
    }

    /// A token for a program that gives up after a few seconds.
    ///
    /// - Parameter duration: how long to wait for a refresh. After that, a token that is still valid is returned even if
    ///   it is about to expire.
    /// - Returns: the token, and how long it is still valid.
    /// - Throws: ``AccountsError`` as ``accessToken()``; `CancellationError`.
    package func accessToken(waitingFor duration: Duration) async throws -> (token: AccessToken, life: Duration) {
        let deadline = services.clock.bootMilliseconds() + duration.wholeMilliseconds
        do {
            let token = try await token(.validity(milliseconds: 0), before: deadline)
            return (token, .milliseconds(login.remainingLife))
        } catch let error as AccountsError where error.code.isTemporary {
            let life = login.remainingLife
            guard life > 0, let token = login.heldToken else { throw error }
            return (token, .milliseconds(life))
        }
    }
}
