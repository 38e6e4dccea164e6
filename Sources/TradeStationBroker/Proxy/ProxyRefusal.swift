import NIOCore
import NIOHTTP1
import TradeStationModel
import TradeStationSessions

/// A request that has no answer of the API: the status, and why, in the form in which the API reports errors.
struct ProxyRefusal: Error, Hashable {
    /// The HTTP status.
    let status: Int
    /// The stable code, for the header field `X-TSAccounts`.
    let code: String
    /// What happened, why, and what to do next.
    let message: String
    /// After how many seconds the same request may succeed.
    var retryAfter: Int?
    /// The methods that are allowed instead.
    var allow: String?

    init(_ status: Int, _ code: String, _ message: String, retryAfter: Int? = nil, allow: String? = nil) {
        (self.status, self.code, self.message) = (status, code, message)
        (self.retryAfter, self.allow) = (retryAfter, allow)
    }

    /// The response without its body.
    var head: HTTPResponseHead {
        var fields: HTTPHeaders = [
            "Content-Type": "application/json", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
            "X-TSAccounts": code,
        ]
        if let retryAfter { fields.add(name: "Retry-After", value: String(retryAfter)) }
        if let allow { fields.add(name: "Allow", value: allow) }
        // A 401 names the way to authenticate (RFC 9110 section 11.6.1).
        if status == 401 { fields.add(name: "WWW-Authenticate", value: "Bearer") }
        return HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: fields)
    }

    /// The body, in the form of TradeStation's errors (OpenAPI file, schema `Error`).
    var body: ByteBuffer {
        struct Body: Encodable {
            let Error: String
            let Message: String
        }
        return ByteBuffer(bytes: JSONBody(Body(Error: title, Message: message)).bytes)
    }

    private var title: String {
        switch status {
        case 400: "BadRequest"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "NotFound"
        case 405: "MethodNotAllowed"
        case 408: "RequestTimeout"
        case 413: "PayloadTooLarge"
        case 421: "MisdirectedRequest"
        case 502: "BadGateway"
        case 503: "ServiceUnavailable"
        case 504: "GatewayTimeout"
        default: "InternalServerError"
        }
    }
}

extension ProxyRefusal {
    /// What a program is told when a request could not be forwarded.
    init(_ failure: ForwardingFailure) {
        let error = failure.error
        let (status, retryAfter) =
            switch failure.part {
            case .answer(let isLate): (isLate ? 504 : 502, nil as Int?)
            case .token where error.code.isTemporary: (503, Self.retrySeconds)
            case .check, .token: (Self.status(of: error.code), Self.pause(after: error.code))
            }
        self.init(status, error.code.rawValue, error.text, retryAfter: retryAfter)
    }

    /// What a program is told when a profile cannot be used.
    init(_ error: AccountsError) {
        self.init(
            Self.status(of: error.code),
            error.code.rawValue,
            error.text,
            retryAfter: Self.pause(after: error.code)
        )
    }

    /// A defect in this program. Only the type of the error is shown: its text may contain a secret.
    static func unexpected(_ error: any Error) -> ProxyRefusal {
        ProxyRefusal(500, "internal", "An unexpected error occurred inside tsaccounts: \(type(of: error)).")
    }

    private static func status(of code: AccountsError.Code) -> Int {
        switch code {
        case .usage, .badName: 400
        case .loginRequired, .wrongUser, .storeRolledBack: 401
        case .fenced, .loginDenied, .clientRejected: 403
        case .profileNotFound: 404
        case _ where code.isTemporary, .closed: 503
        default: 500
        }
    }

    private static func pause(after code: AccountsError.Code) -> Int? { code.isTemporary ? retrySeconds : nil }

    /// A login is refreshed again about five seconds after a failure.
    static let retrySeconds = 5
}

extension ProxyRefusal {
    static let wrongHost = ProxyRefusal(
        421,
        "wrong_host",
        "The Host header field does not name this listener. Try: use the URL that tsaccounts printed"
    )
    static let webPage = ProxyRefusal(
        403,
        "web_page",
        "A web page sent this request, and web pages may not use a profile."
    )
    static let wrongKey = ProxyRefusal(
        401,
        "wrong_key",
        "The key is missing or wrong: it belongs in the path, or in the header field \(AccessKey.field). "
            + "Try: read it again from the file that tsaccounts named"
    )
    static let otherKey = ProxyRefusal(403, "other_key", "The key belongs to another profile than the path names.")
    static let badMethod = ProxyRefusal(
        405,
        "bad_method",
        "The API does not know this method.",
        allow: ForwardableMethods.names.joined(separator: ", ")
    )
    static let tooSlow = ProxyRefusal(408, "body_too_slow", "The body did not arrive in time. Nothing was sent.")

    static func tooLong(_ limit: Int) -> ProxyRefusal {
        ProxyRefusal(413, "body_too_long", "The body is longer than \(limit) bytes. Nothing was sent.")
    }

    static func notFound(_ message: String) -> ProxyRefusal { ProxyRefusal(404, "not_found", message) }
    static func malformed(_ message: String) -> ProxyRefusal { ProxyRefusal(400, "bad_request", message) }
}

extension AccountsError {
    /// What happened, why, and what to do next, in one line.
    var text: String {
        [message, reason, suggestion.map { "Try: \($0)" }].compactMap { $0 }.joined(separator: " ")
    }
}

extension ResponseWriter {
    /// Sends a refusal.
    func refuse(_ refusal: ProxyRefusal) async {
        // A client that is gone needs no answer.
        try? await send(refusal.head, body: refusal.body)
    }
}
