public import TradeStationModel

/// What a redirect from the authorization endpoint says (RFC 6749 section 4.1.2), held against the request's `state`.
public enum AuthorizationResponse: Sendable {
    /// The user signed in. `issuer` is the `iss` parameter (RFC 9207), if the server sends one.
    case accepted(code: Secret, issuer: String?)
    /// The server ended this sign-in.
    case denied(AccountsError)
    /// This is no answer to this sign-in; it goes on.
    case refused(Refusal)

    /// Why a redirect is not taken for an answer.
    public enum Refusal: String, Hashable, Sendable, CaseIterable {
        /// The query is not properly encoded.
        case malformed
        /// A parameter stands twice (RFC 6749 section 3.1).
        case duplicateParameter
        /// `state` is missing or is not the one that was sent.
        case wrongState
        /// The code is missing, empty, over 2 KiB or has other characters than visible ASCII.
        case unusableCode
        /// The pasted text is over 16 KiB.
        case tooLong
        /// The pasted text is not a URL, or has a fragment.
        case notAnAddress
        /// The pasted URL does not begin with the redirect URI.
        case wrongAddress

        /// What is wrong, for the person who pasted it.
        public var explanation: String {
            switch self {
            case .malformed: "The address is damaged: a part of it is not properly encoded."
            case .duplicateParameter: "The address names a parameter twice."
            case .wrongState: "The address belongs to another sign-in, or its end is missing."
            case .unusableCode: "The address carries no usable code."
            case .tooLong: "The text is too long to be the address."
            case .notAnAddress: "This is not a whole address without a # part."
            case .wrongAddress: "The address does not begin like the redirect URI of this sign-in."
            }
        }
    }

    /// The code and issuer of an answer that ends the sign-in; nil when the sign-in goes on.
    ///
    /// - Throws: the error of a sign-in that the server ended.
    func decided() throws(AccountsError) -> (code: Secret, issuer: String?)? {
        switch self {
        case .accepted(let code, let issuer): return (code, issuer)
        case .denied(let error): throw error
        case .refused: return nil
        }
    }

    private static let longestCode = 2_048
    private static let longestPaste = 16 * 1_024
    private static let mostParameters = 64

    /// Reads a query, percent-decoding it exactly once.
    public static func read(query: some StringProtocol, state: Secret) -> AuthorizationResponse {
        let items = query.split(separator: "&")
        guard items.count <= mostParameters else { return .refused(.malformed) }
        var parameters: [String: String] = [:]
        for item in items {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = FormEncoding.decode(parts[0]),
                let value = parts.count < 2 ? "" : FormEncoding.decode(parts[1])
            else { return .refused(.malformed) }
            guard parameters.updateValue(value, forKey: name) == nil else { return .refused(.duplicateParameter) }
        }
        guard let answered = parameters["state"], Secret(answered) == state else { return .refused(.wrongState) }
        if let error = parameters["error"] {
            return .denied(denial(error, description: parameters["error_description"], state: state))
        }
        guard let code = parameters["code"], !code.isEmpty, code.utf8.count <= longestCode,
            code.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return .refused(.unusableCode) }
        return .accepted(code: Secret(code), issuer: parameters["iss"])
    }

    /// Reads the address line of a browser, as a person pastes it: white space and line wraps are dropped.
    public static func read(pasted text: String, redirectURI: String, state: Secret) -> AuthorizationResponse {
        guard text.utf8.count <= longestPaste else { return .refused(.tooLong) }
        let address = text.filter { !$0.isWhitespace }
        guard !address.contains("#"), let pasted = RedirectAddress(address) else { return .refused(.notAnAddress) }
        guard pasted == RedirectAddress(redirectURI) else { return .refused(.wrongAddress) }
        return read(query: address.drop { $0 != "?" }.dropFirst(), state: state)
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
                "The sign-in server is in trouble.",
                reason: reason,
                suggestion: "the same command again in a moment"
            )
        case "invalid_request", "unauthorized_client", "unsupported_response_type", "invalid_scope":
            return AccountsError(
                .clientRejected,
                "The sign-in server refuses the request as it was made for this API key.",
                reason: reason,
                suggestion: "the client id, redirect URI and scopes as the API key was registered"
            )
        default:
            return AccountsError(
                .loginDenied,
                "The sign-in was declined.",
                reason: reason,
                suggestion: "the same command again"
            )
        }
    }
}
