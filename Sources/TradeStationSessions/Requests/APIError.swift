import Foundation
public import TradeStationModel
import TradeStationOAuth

/// The API said no: an answer with a status outside 200 to 299. Redirects count as such: none is followed.
///
/// TradeStation's v3 answers with `{"Error","Message"}`, v2 with `{"TraceId","StatusCode","Message"}` (OpenAPI file,
/// schema `Error`); a gateway may answer with anything. No field ever holds a token: what a server echoes of one is
/// taken out.
public struct APIError: Error, Hashable, Sendable {
    /// The failure of one account, order or symbol within a call that asked for several (OpenAPI file, `Errors`). The
    /// call itself may be answered with 200.
    public struct Part: Hashable, Sendable {
        /// The account it is about; several are separated by commas.
        public let accountID: String?
        /// The order it is about.
        public let orderID: String?
        /// The symbol it is about.
        public let symbol: String?
        /// TradeStation's word for it, for example `Forbidden`.
        public let error: String?
        /// The same for people.
        public let message: String?
    }

    /// The HTTP status.
    public let status: Int
    /// TradeStation's word for it, for example `TooManyRequests`; nil when the body had none.
    public let error: String?
    /// The same for people; nil when the body had none.
    public let message: String?
    /// What the answer said of parts of the call.
    public let parts: [Part]
    /// The name under which the server knows the request, if it gave one: `X-Request-Id` or the like, else v2's
    /// `TraceId`. TradeStation documents none of the headers.
    public let requestID: String?
    /// The method, for example `POST`.
    public let method: String
    /// The path without its query.
    public let path: String
    /// How long to wait before the next try: `Retry-After` (RFC 9110 section 10.2.3), else with a 429
    /// `X-RateLimit-Reset` (TradeStation, "Rate Limiting Overview").
    public let retryAfter: Duration?
}

extension APIError: CustomStringConvertible {
    /// One line.
    public var description: String {
        let said = [error, message].compactMap { $0 }.joined(separator: ": ")
        let id = requestID.map { " [\($0)]" } ?? ""
        return "\(method) \(path): HTTP \(status)\(said.isEmpty ? "" : " \(said)")\(id)"
    }
}

extension APIError {
    /// The headers in which a server may name a request, the likeliest first.
    private static let requestIDHeaders = ["x-request-id", "x-correlation-id", "apigw-requestid", "x-amzn-requestid"]
    /// Longer bodies are no error bodies.
    private static let longestBody = 1 << 16

    /// Reads an answer; nil for 200 to 299.
    init?(_ reply: HTTPExchangeResponse, method: String, path: String, token: Secret) {
        guard !(200..<300).contains(reply.status) else { return nil }
        func shown(_ text: String?, _ limit: Int) -> String? {
            text.flatMap { $0.isEmpty ? nil : Redaction.printable($0, without: [token], limit: limit) }
        }
        let body =
            reply.body.count <= Self.longestBody
            ? try? JSONDecoder().decode(APIErrorBody.self, from: Data(reply.body)) : nil
        status = reply.status
        error = shown(body?.error, 100)
        message = shown(body?.message, 500)
        parts = (body?.parts ?? []).map { part in
            part.redacted { Redaction.printable($0, without: [token], limit: 500) }
        }
        requestID = shown(
            Self.requestIDHeaders.lazy.compactMap { reply.header($0) }.first ?? body?.traceID,
            120
        )
        self.method = method
        self.path = Redaction.printable(path, without: [token], limit: 500)
        retryAfter = APIQuota.pause(in: reply).map { .milliseconds($0) }
    }
}

extension AccountsError {
    /// The same in the words of the other errors, for a program or a person who only wants to know what kind it is.
    public init(_ error: APIError, profile: ProfileName? = nil) {
        let code: Code
        let advice: String
        switch error.status {
        case 401: (code, advice) = (.loginRequired, "tsaccounts login NAME")
        case 403: (code, advice) = (.loginDenied, "a sign-in with the scope or the account that this needs")
        case 429: (code, advice) = (.rateLimited, "the same command later")
        default: (code, advice) = (.serverError, "the same command later")
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
