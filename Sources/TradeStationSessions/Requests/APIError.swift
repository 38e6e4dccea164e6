import Foundation
public import TradeStationModel
import TradeStationOAuth

/// An answer of the API with a status outside 200 to 299. Redirects are errors too: none is followed.
///
/// TradeStation's v3 answers with `{"Error","Message"}`, v2 with `{"TraceId","StatusCode","Message"}` (OpenAPI file,
/// schema `Error`); a gateway may answer with anything. No field contains a token: if a server echoes one, it is
/// removed.
public struct APIError: Error, Hashable, Sendable {
    /// The failure for one account, order or symbol in a call about several (OpenAPI file, `Errors`).
    ///
    /// The status of the whole answer may still be 200.
    public struct Part: Hashable, Sendable {
        /// The account that the failure is about; several are separated by commas.
        public let accountID: String?
        /// The order that the failure is about.
        public let orderID: String?
        /// The symbol that the failure is about.
        public let symbol: String?
        /// TradeStation's name for the error, for example `Forbidden`.
        public let error: String?
        /// TradeStation's description of the error.
        public let message: String?
    }

    /// The HTTP status.
    public let status: Int
    /// TradeStation's name for the error, for example `TooManyRequests`; nil when the body contains none.
    public let error: String?
    /// TradeStation's description of the error; nil when the body contains none.
    public let message: String?
    /// The failures for single accounts, orders or symbols of the call.
    public let parts: [Part]
    /// The server's id for the request, if the answer contains one.
    ///
    /// From `X-Request-Id` or a similar header, otherwise v2's `TraceId`. TradeStation documents none of the headers.
    public let requestID: String?
    /// The HTTP method of the request, for example `POST`.
    public let method: String
    /// The path of the request, without its query.
    public let path: String
    /// How long to wait before the next try, if the answer names a time.
    ///
    /// The time is read from `Retry-After` (RFC 9110 section 10.2.3). If a 429 has no such header, it is read from
    /// `X-RateLimit-Reset` (TradeStation, "Rate Limiting Overview").
    public let retryAfter: Duration?
}

extension APIError: CustomStringConvertible {
    /// The error in one line.
    public var description: String {
        let text = [error, message].compactMap { $0 }.joined(separator: ": ")
        let id = requestID.map { " [\($0)]" } ?? ""
        return "\(method) \(path): HTTP \(status)\(text.isEmpty ? "" : " \(text)")\(id)"
    }
}

extension APIError {
    /// The headers that may contain the request id, the most likely first.
    private static let requestIDHeaders = ["x-request-id", "x-correlation-id", "apigw-requestid", "x-amzn-requestid"]
    /// The longest body that is parsed, in bytes.
    private static let longestBody = 1 << 16

    /// Reads an answer; nil for a status from 200 to 299.
    init?(_ reply: HTTPExchangeResponse, method: String, path: String, token: Secret) {
        guard !(200..<300).contains(reply.status) else { return nil }
        func redacted(_ text: String?, _ limit: Int) -> String? {
            text.flatMap { $0.isEmpty ? nil : Redaction.printable($0, without: [token], limit: limit) }
        }
        let body =
            reply.body.count <= Self.longestBody
            ? try? JSONDecoder().decode(APIErrorBody.self, from: Data(reply.body)) : nil
        status = reply.status
        error = redacted(body?.error, 100)
        message = redacted(body?.message, 500)
        parts = (body?.errors ?? []).map { part in
            part.redacted { Redaction.printable($0, without: [token], limit: 500) }
        }
        requestID = redacted(
            Self.requestIDHeaders.lazy.compactMap { reply.header($0) }.first ?? body?.traceID,
            120
        )
        self.method = method
        self.path = Redaction.printable(path, without: [token], limit: 500)
        retryAfter = APIQuota.pause(in: reply).map { .milliseconds($0) }
    }
}

extension AccountsError {
    /// An API error as an ``AccountsError``, for programs that handle only that type.
    ///
    /// - Parameters:
    ///   - error: the error of the API.
    ///   - profile: the profile that the request was sent for.
    public init(_ error: APIError, profile: ProfileName? = nil) {
        let code: Code
        let advice: String
        switch error.status {
        case 401: (code, advice) = (.loginRequired, "tsaccounts login NAME")
        case 403: (code, advice) = (.loginDenied, "use a profile with the scope and account that the request needs")
        case 429: (code, advice) = (.rateLimited, "run the same command later")
        default: (code, advice) = (.serverError, "run the same command later")
        }
        let refusal = AccountsError(
            code,
            "The API refused \(error.method) \(error.path) with HTTP \(error.status).",
            reason: [error.error, error.message].compactMap { $0 }.joined(separator: ": "),
            suggestion: advice
        )
        self = refusal.about(profile)
    }
}
