import TradeStationModel
import TradeStationOAuth

/// A call and the access token that it is sent with. The token is removed from all texts that are shown.
struct AuthorizedCall: Sendable {
    let token: AccessToken
    private let call: APICall
    private let target: APIRequestTarget
    private let profile: ProfileName
    /// Whether the fences have read the body as JSON, so that the server must do the same.
    private let isBodyFenced: Bool

    init(_ admitted: AdmittedCall, token: AccessToken) {
        call = admitted.call
        target = admitted.target
        profile = admitted.record.name
        isBodyFenced = admitted.record.profile.accounts != nil
        self.token = token
    }

    /// The path as it is shown in messages.
    var shownPath: String { Redaction.printable(target.path, without: [token.secret], limit: 120) }

    /// Returns the text in printable form and without the token.
    func redacted(_ text: String) -> String { Redaction.printable(text, without: [token.secret], limit: 500) }

    /// The kind of the request, for its quota.
    var quotaRoute: QuotaRoute { QuotaRoute(method: call.method, segments: target.segments) }

    /// Returns the HTTP request of a call.
    ///
    /// - Parameter milliseconds: how long the whole reply may take, if it is read as a whole and not as a stream.
    func exchangeRequest(within milliseconds: Int64) -> HTTPExchangeRequest {
        HTTPExchangeRequest(
            method: call.method,
            url: target.url,
            headers: [("Authorization", token.authorizationHeader)] + fields,
            body: call.body,
            deadlineMilliseconds: Int(max(1, milliseconds))
        )
    }

    private var fields: [(name: String, value: String)] {
        // A request with a JSON body must name its type (TradeStation's documentation page "HTTP Requests").
        let type = [(name: "Content-Type", value: "application/json")]
        guard let fields = call.fields else {
            return [("Accept", "application/json")] + (call.body.isEmpty ? [] : type)
        }
        guard isBodyFenced, !call.body.isEmpty else { return fields }
        return fields.filter { !["content-type", "content-encoding"].contains($0.name.lowercased()) } + type
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
