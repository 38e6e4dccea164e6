import TradeStationModel

/// A response of the authorization endpoint (RFC 6749 section 4.1.2), checked against the request's `state`.
enum AuthorizationResponse: Sendable {
    /// The user signed in. `issuer` is the `iss` parameter (RFC 9207), if the server sent one.
    case accepted(code: Secret, issuer: String?)
    /// The server reported an error; the sign-in ends.
    case denied(AccountsError)
    /// The response does not belong to this sign-in or is malformed; the sign-in continues.
    case refused(Refusal)

    /// Why a response is ignored.
    enum Refusal: String, Hashable, Sendable, CaseIterable {
        /// The query is not correctly encoded.
        case malformed
        /// A parameter occurs twice (RFC 6749 section 3.1).
        case duplicateParameter
        /// `state` differs from the request's.
        case wrongState
        /// `state` is missing.
        case missingState
        /// The response reports an error without `state`, so any page could have made the browser send it.
        case unprovenError
        /// The code is missing, empty or contains characters other than visible ASCII.
        case unusableCode
        /// The pasted text is longer than 64 KiB.
        case tooLong
        /// The pasted text has no parameters.
        case notARedirect

        /// The explanation for the user.
        var explanation: String {
            switch self {
            case .malformed: "The URL is malformed: a part of it is not correctly encoded."
            case .duplicateParameter: "The URL contains a parameter twice."
            case .wrongState: "The URL belongs to another sign-in, or the end of the URL is missing."
            case .missingState: "The URL is not complete: it has no state parameter."
            case .unprovenError: "The URL contains an error but no state parameter."
            case .unusableCode: "The URL contains no usable code."
            case .tooLong: "The text is too long to be the redirect URL."
            case .notARedirect: "This is not the URL that the browser was redirected to; a code alone is not enough."
            }
        }
    }

    /// The code and issuer of a successful sign-in; nil if the response is ignored.
    ///
    /// - Throws: The error that the server reported.
    func grantedCode() throws(AccountsError) -> (code: Secret, issuer: String?)? {
        switch self {
        case .accepted(let code, let issuer): return (code, issuer)
        case .denied(let error): throw error
        case .refused: return nil
        }
    }

    private static let maximumParameters = 64

    /// Reads a response from a query. Percent-encoding is decoded exactly once.
    ///
    /// - Parameter trustsErrors: Whether an error counts even without `state`, as it does in a URL that the user
    ///   pasted.
    static func read(
        query: some StringProtocol,
        state: Secret,
        trustsErrors: Bool = false
    ) -> AuthorizationResponse {
        let items = query.split(separator: "&")
        guard items.count <= maximumParameters else { return .refused(.malformed) }
        var parameters: [String: String] = [:]
        for item in items {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = FormEncoding.decode(parts[0]),
                let value = parts.count < 2 ? "" : FormEncoding.decode(parts[1])
            else { return .refused(.malformed) }
            guard parameters.updateValue(value, forKey: name) == nil else { return .refused(.duplicateParameter) }
        }
        if let returned = parameters["state"], !returned.isEmpty {
            guard Secret(returned) == state else { return .refused(.wrongState) }
        } else if parameters["error"] == nil {
            return .refused(.missingState)
        } else if !trustsErrors {
            return .refused(.unprovenError)
        }
        if let error = parameters["error"] {
            return .denied(denial(error, description: parameters["error_description"], state: state))
        }
        guard let code = parameters["code"], !code.isEmpty, code.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return .refused(.unusableCode)
        }
        return .accepted(code: Secret(code), issuer: parameters["iss"])
    }

    private static func denial(_ error: String, description: String?, state: Secret) -> AccountsError {
        func safe(_ text: String, _ limit: Int) -> String {
            Redaction.printable(text, without: [state], limit: limit)
        }
        let reason = [safe(error, 64), safe(description ?? "", 200)].filter { !$0.isEmpty }.joined(separator: ": ")
        switch error {
        case "server_error", "temporarily_unavailable":
            return AccountsError(
                .serverError,
                "The sign-in server reported an internal error.",
                reason: reason,
                suggestion: "run the same command again in a moment"
            )
        case "invalid_request", "unauthorized_client", "unsupported_response_type", "invalid_scope":
            return AccountsError(
                .clientRejected,
                "The sign-in server rejected the authorization request made with this API key.",
                reason: reason,
                suggestion: "use the client id, redirect URI and scopes that were registered for the API key"
            )
        default:
            return AccountsError(
                .loginDenied,
                "The sign-in was declined.",
                reason: reason,
                suggestion: "run the same command again"
            )
        }
    }
}
