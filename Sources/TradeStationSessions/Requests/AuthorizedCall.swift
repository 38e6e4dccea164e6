import TradeStationModel
import TradeStationOAuth

/// A call and the access token that it is sent with. The token is removed from all texts that are shown.
struct AuthorizedCall: Sendable {
    let token: AccessToken
    private let call: APICall
    private let target: APIRequestTarget
    private let profile: ProfileName

    init(_ admitted: AdmittedCall, token: AccessToken) {
        call = admitted.call
        target = admitted.target
        profile = admitted.record.name
        self.token = token
    }

    /// The path as it is shown in messages.
    var shownPath: String { Redaction.printable(target.path, without: [token.secret], limit: 120) }

    /// Returns the text in printable form and without the token.
    func redacted(_ text: String) -> String { Redaction.printable(text, without: [token.secret], limit: 500) }

    /// Returns the HTTP request of a call whose answer is read as a whole, not as a stream.
    ///
    /// - Parameter milliseconds: how long the whole reply may take.
    func exchangeRequest(within milliseconds: Int64) -> HTTPExchangeRequest {
        var request = HTTPExchangeRequest(
            method: call.method,
            url: target.url,
            headers: [("Authorization", token.authorizationHeader), ("Accept", "application/json")],
            body: call.body,
            deadlineMilliseconds: Int(max(1, milliseconds))
        )
        // A request with a JSON body must name its type (TradeStation's documentation page "HTTP Requests").
        if !call.body.isEmpty { request.headers.append(("Content-Type", "application/json")) }
        return request
    }

    /// The HTTP request of a stream.
    var streamRequest: HTTPExchangeRequest {
        HTTPExchangeRequest(url: target.url, headers: [("Authorization", token.authorizationHeader)])
    }

    /// The response for the program.
    func response(from reply: HTTPExchangeResponse) -> APIResponse {
        APIResponse(
            status: reply.status,
            headers: reply.headers,
            body: reply.body,
            error: refusal(in: reply),
            redact: redacted,
            mayHaveActed: !call.isRepeatable
        )
    }

    /// The error that a reply reports; nil for a status from 200 to 299.
    func refusal(in reply: HTTPExchangeResponse) -> APIError? {
        APIError(reply, method: call.method, path: target.path, token: token.secret)
    }

    /// The error for a call without a reply. It depends on whether the server may have carried the call out.
    func error(for failure: TransportFailure) -> AccountsError {
        guard call.isRepeatable || failure.stage == .notSent else {
            return AccountsError(
                .outcomeUnknown,
                "\(call.method) \(shownPath) got no answer, and may have been carried out.",
                reason: failure.explanation,
                suggestion: "check the account's orders before you send this request again"
            ).about(profile)
        }
        switch failure.reason {
        case .closed: return AccountsError.closed.about(profile)
        case .tooLarge:
            return AccountsError(
                .serverError,
                "The answer to \(call.method) \(shownPath) is too long to read.",
                suggestion: "request less, for example fewer bars"
            ).about(profile)
        default: return unreachable("\(call.method) \(shownPath)", because: failure)
        }
    }

    /// The error for a stream that got no reply.
    func streamError(for failure: TransportFailure) -> AccountsError {
        unreachable("the stream \(shownPath)", because: failure)
    }

    private func unreachable(_ subject: String, because failure: TransportFailure) -> AccountsError {
        let isMalformed = failure.reason == .malformedResponse
        return AccountsError(
            isMalformed ? .serverError : .serverUnreachable,
            isMalformed ? "The API's answer to \(subject) cannot be used." : "The API did not answer \(subject).",
            reason: failure.explanation,
            suggestion: failure.suggestion ?? "send the request again when the network works"
        ).about(profile)
    }

    /// The error for a call whose time ended before it was sent.
    var noTimeLeft: AccountsError {
        AccountsError(
            .serverUnreachable,
            "There was no time left to send \(call.method) \(shownPath).",
            suggestion: "send the request again with a longer timeout"
        )
    }
}
