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
        /// `state` is missing or differs from the request's.
        case wrongState
        /// The code is missing, empty, longer than 2 KiB or contains characters other than visible ASCII.
        case unusableCode
        /// The pasted text is longer than 16 KiB.
        case tooLong
        /// The pasted text is not a URL, or has a fragment.
        case notAURL
        /// The pasted URL does not start with the redirect URI.
        case wrongRedirectURI

        /// The explanation for the user who pasted the URL.
        var explanation: String {
            switch self {
            case .malformed: "The URL is malformed: a part of it is not correctly encoded."
            case .duplicateParameter: "The URL contains a parameter twice."
            case .wrongState: "The URL belongs to another sign-in, or its end is missing."
            case .unusableCode: "The URL contains no usable code."
            case .tooLong: "The text is too long to be the redirect URL."
            case .notAURL: "This is not a complete URL without a # part."
            case .wrongRedirectURI: "The URL does not start with the redirect URI of this sign-in."
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

    private static let maximumCodeBytes = 2_048
    private static let maximumPasteBytes = 16 * 1_024
    private static let maximumParameters = 64

    /// Reads a response from a query. Percent-encoding is decoded exactly once.
    static func read(query: some StringProtocol, state: Secret) -> AuthorizationResponse {
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
        guard let returned = parameters["state"], Secret(returned) == state else { return .refused(.wrongState) }
        if let error = parameters["error"] {
            return .denied(denial(error, description: parameters["error_description"], state: state))
        }
        guard let code = parameters["code"], !code.isEmpty, code.utf8.count <= maximumCodeBytes,
            code.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return .refused(.unusableCode) }
        return .accepted(code: Secret(code), issuer: parameters["iss"])
    }

    /// Reads a response from a pasted redirect URL. White space and line breaks are removed.
    static func read(pasted text: String, redirectURI: String, state: Secret) -> AuthorizationResponse {
        guard text.utf8.count <= maximumPasteBytes else { return .refused(.tooLong) }
        let url = text.filter { !$0.isWhitespace }
        guard !url.contains("#"), let pasted = RedirectAddress(url) else { return .refused(.notAURL) }
        guard pasted == RedirectAddress(redirectURI) else { return .refused(.wrongRedirectURI) }
        return read(query: url.drop { $0 != "?" }.dropFirst(), state: state)
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
                "The sign-in server rejected the authorization request for this API key.",
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
