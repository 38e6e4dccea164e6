import NIOCore
import NIOHTTP1
import TradeStationModel
import TradeStationSessions

/// An error of the emulated sign-in server (RFC 6749 section 5.2).
struct SignInRefusal: Error, Hashable {
    /// The HTTP status.
    let status: Int
    /// The code of the OAuth error, for example `invalid_grant`.
    let code: String
    /// The code for the header field `X-TSAccounts`.
    let reason: String
    /// What happened, and what to do next.
    let message: String
    var retryAfter: Int?
    var allow: String?

    init(
        _ status: Int,
        _ code: String,
        reason: String? = nil,
        _ message: String,
        retryAfter: Int? = nil,
        allow: String? = nil
    ) {
        (self.status, self.code, self.reason, self.message) = (status, code, reason ?? code, message)
        (self.retryAfter, self.allow) = (retryAfter, allow)
    }

    var head: HTTPResponseHead {
        var fields: HTTPHeaders = [
            "Content-Type": "application/json", "Cache-Control": "no-store", "Pragma": "no-cache",
            "X-TSAccounts": reason,
        ]
        if let retryAfter { fields.add(name: "Retry-After", value: String(retryAfter)) }
        if let allow { fields.add(name: "Allow", value: allow) }
        if status == 401 { fields.add(name: "WWW-Authenticate", value: #"Basic realm="tsaccounts""#) }
        return HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: fields)
    }

    var body: ByteBuffer {
        struct Body: Encodable {
            let error: String
            let error_description: String
        }
        return ByteBuffer(bytes: JSONBody(Body(error: code, error_description: description)).bytes)
    }

    /// The message, in the characters that an OAuth error may contain.
    private var description: String {
        String(
            String.UnicodeScalarView(
                message.unicodeScalars.map { scalar in
                    switch scalar {
                    case "\"", "\\": "'"
                    case " "..."~": scalar
                    default: "?"
                    }
                }
            )
        )
    }
}

extension SignInRefusal {
    /// Why there is no token.
    init(_ error: AccountsError) {
        let (status, code): (Int, String) =
            switch error.code {
            case .loginRequired, .loginDenied, .wrongUser, .storeRolledBack, .profileNotFound: (403, "invalid_grant")
            case .clientRejected: (401, "invalid_client")
            case _ where error.code.isTemporary, .closed: (503, "temporarily_unavailable")
            default: (500, "server_error")
            }
        let retryAfter = error.code.isTemporary ? ProxyRefusal.retrySeconds : nil
        self.init(status, code, reason: error.code.rawValue, error.text, retryAfter: retryAfter)
    }

    /// Why a request is not read.
    init(_ refusal: ProxyRefusal) {
        self.init(refusal.status, "invalid_request", reason: refusal.code, refusal.message)
    }

    static func invalidRequest(_ message: String) -> SignInRefusal { SignInRefusal(400, "invalid_request", message) }

    static let otherClient = SignInRefusal(
        401,
        "invalid_client",
        "The client id is missing, or is not that of the profile's API key. Try: configure the program with the client "
            + "id of the profile, or use tsaccounts exec --any-client"
    )

    static func unsupported(_ grant: String, _ profile: ProfileName) -> SignInRefusal {
        SignInRefusal(
            400,
            "unsupported_grant_type",
            "The grant type \(grant.printable(limit: 60)) is not available here: tsaccounts signs in. "
                + "Try: tsaccounts login \(profile)"
        )
    }

    static func noRevocation(_ profile: ProfileName) -> SignInRefusal {
        SignInRefusal(
            403,
            "unsupported_token_type",
            reason: "no_revocation",
            "A program cannot revoke the sign-in that it uses. Nothing was sent. Try: tsaccounts revoke \(profile)"
        )
    }

    static func noSignIn(_ profile: ProfileName) -> SignInRefusal {
        SignInRefusal(
            403,
            "access_denied",
            reason: "no_sign_in",
            "A program cannot sign in here: tsaccounts does. Try: tsaccounts login \(profile)"
        )
    }

    static let notFound = SignInRefusal(404, "invalid_request", reason: "not_found", "There is no such path here.")
    static let onlyPost = SignInRefusal(
        405,
        "invalid_request",
        reason: "bad_method",
        "The token endpoint accepts only POST.",
        allow: "POST"
    )
}
