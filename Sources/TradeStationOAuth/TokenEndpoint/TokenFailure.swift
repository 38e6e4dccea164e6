package import TradeStationModel

/// Why an exchange returned no tokens.
package struct TokenFailure: Sendable {
    /// The kinds of failure, by what the caller can do next.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The request was not sent; the server has not received it.
        case notSent
        /// The server may have acted on the request, but its answer was lost or is unusable.
        case outcomeUnknown
        /// The server limits the rate of requests.
        case rateLimited
        /// The server, or a proxy in front of it, reported an internal error.
        case serverTrouble
        /// The refresh token or code is not valid or no longer valid.
        case invalidGrant
        /// The server rejected the API key.
        case clientRejected
        /// The server rejected the request.
        case requestRejected
        /// The user must sign in or confirm something in the browser.
        case userActionRequired
        /// The server reported an error code that no standard defines.
        case unrecognised
    }

    /// The kind of failure.
    package let kind: Kind
    /// The HTTP status of the answer, if one was received.
    package let httpStatus: Int?
    /// The `error` of the answer (RFC 6749 section 5.2), safe to show.
    package let oauthError: String?
    /// A description, safe to show: printable, at most 200 characters, without any token or secret.
    package let description: String?
    /// The time to wait before the next request, in seconds (1 to 300), if the server named one.
    package let retryAfterSeconds: Int?
    /// The refresh token of an otherwise unusable answer; the caller must keep it.
    package let salvagedRefreshToken: Secret?
    /// Whether the server or a proxy answered, even if the answer has no HTTP status.
    private let wasAnswered: Bool
    /// What the user can do about this particular failure; nil if the suggestion for its kind is enough.
    private let advice: String?

    /// Creates a failure.
    package init(
        kind: Kind,
        httpStatus: Int? = nil,
        oauthError: String? = nil,
        description: String? = nil,
        retryAfterSeconds: Int? = nil,
        salvagedRefreshToken: Secret? = nil,
        wasAnswered: Bool = false,
        advice: String? = nil
    ) {
        self.kind = kind
        self.httpStatus = httpStatus
        self.oauthError = oauthError
        self.description = description
        self.retryAfterSeconds = retryAfterSeconds
        self.salvagedRefreshToken = salvagedRefreshToken
        self.wasAnswered = wasAnswered || httpStatus != nil
        self.advice = advice
    }
}

extension TokenFailure {
    /// The error code for this failure.
    package var code: AccountsError.Code {
        switch kind {
        case .notSent, .outcomeUnknown: wasAnswered ? .serverError : .serverUnreachable
        case .rateLimited: .rateLimited
        case .serverTrouble, .unrecognised: .serverError
        case .invalidGrant, .userActionRequired: .loginRequired
        case .clientRejected, .requestRejected: .clientRejected
        }
    }

    /// The failure as an error for the user, with a suggestion.
    package func accountsError() -> AccountsError {
        AccountsError(code, message, reason: reason, suggestion: suggestion)
    }

    private var message: String {
        switch kind {
        case .notSent where wasAnswered, .outcomeUnknown where wasAnswered:
            "The sign-in server's answer could not be used."
        case .notSent: "The sign-in server could not be reached."
        case .outcomeUnknown: "The sign-in server did not send a complete answer."
        case .rateLimited: "The sign-in server limits the rate of requests."
        case .serverTrouble: "The sign-in server reported an internal error."
        case .invalidGrant: "The sign-in is no longer valid."
        case .clientRejected: "The sign-in server rejected the API key."
        case .requestRejected: "The sign-in server rejected the request made with this API key."
        case .userActionRequired: "The sign-in server requires the user to sign in."
        case .unrecognised: "The sign-in server refused with an error code that is not standard."
        }
    }

    private var reason: String? {
        let parts = [httpStatus.map { "HTTP \($0)" }, oauthError, description].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: ": ")
    }

    private var suggestion: String {
        switch kind {
        case .notSent, .outcomeUnknown, .serverTrouble: advice ?? "run the same command again in a moment"
        case .rateLimited: "run the same command again in \(retryAfterSeconds ?? 60) seconds"
        case .invalidGrant, .userActionRequired: "tsaccounts login NAME"
        case .clientRejected: "tsaccounts set NAME --secret-file FILE"
        case .requestRejected: "tsaccounts show NAME   # and compare it with the registration of the API key"
        case .unrecognised: "tsaccounts audit NAME"
        }
    }
}
