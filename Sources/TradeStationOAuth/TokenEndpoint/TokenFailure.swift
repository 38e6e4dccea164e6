public import TradeStationModel

/// Why an exchange brought no tokens, and what follows from it.
public struct TokenFailure: Sendable {
    /// What the failure means.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The request never left; the server knows nothing of it.
        case notSent
        /// The server may have acted, but its answer is lost or unusable.
        case outcomeUnknown
        /// The server asks for a pause.
        case rateLimited
        /// The server, or something in front of it, is in trouble.
        case serverTrouble
        /// The refresh token or code is not valid (any more).
        case invalidGrant
        /// The server refuses the API key.
        case clientRejected
        /// The server refuses the request as such.
        case requestRejected
        /// The user has to do something at the sign-in page.
        case userActionRequired
        /// The server names an error that nobody has defined.
        case unrecognised
    }

    /// What the failure means.
    public let kind: Kind
    /// The status of the answer, if there was one.
    public let httpStatus: Int?
    /// The `error` of the answer (RFC 6749 section 5.2), safe to show.
    public let oauthError: String?
    /// A description, safe to show: printable, at most 200 characters, without any token or secret.
    public let description: String?
    /// How long the server asks to wait, in seconds: 1 to 300.
    public let retryAfterSeconds: Int?
    /// A refresh token that could be read from an otherwise unusable answer: it must be kept.
    public let salvagedRefreshToken: Secret?

    /// A failure.
    public init(
        kind: Kind,
        httpStatus: Int? = nil,
        oauthError: String? = nil,
        description: String? = nil,
        retryAfterSeconds: Int? = nil,
        salvagedRefreshToken: Secret? = nil
    ) {
        self.kind = kind
        self.httpStatus = httpStatus
        self.oauthError = oauthError
        self.description = description
        self.retryAfterSeconds = retryAfterSeconds
        self.salvagedRefreshToken = salvagedRefreshToken
    }
}

extension TokenFailure {
    /// The stable word for this failure.
    public var code: AccountsError.Code {
        switch kind {
        case .notSent: .serverUnreachable
        case .outcomeUnknown: httpStatus == nil ? .serverUnreachable : .serverError
        case .rateLimited: .rateLimited
        case .serverTrouble, .unrecognised: .serverError
        case .invalidGrant, .userActionRequired: .loginRequired
        case .clientRejected, .requestRejected: .clientRejected
        }
    }

    /// The failure in words for a person, ending in what to do next.
    ///
    /// `suggestion` replaces the general advice, where the caller knows the profile's name.
    public func accountsError(suggestion: String? = nil) -> AccountsError {
        AccountsError(code, message, reason: reason, suggestion: suggestion ?? advice)
    }

    private var message: String {
        switch kind {
        case .notSent: "The sign-in server could not be reached."
        case .outcomeUnknown:
            httpStatus == nil
                ? "The sign-in server gave no whole answer." : "The sign-in server's answer could not be used."
        case .rateLimited: "The sign-in server asks for a pause."
        case .serverTrouble: "The sign-in server is in trouble."
        case .invalidGrant: "The sign-in is not valid any more."
        case .clientRejected: "The sign-in server refuses the API key."
        case .requestRejected: "The sign-in server refuses the request as it was made for this API key."
        case .userActionRequired: "The sign-in server wants the user to sign in."
        case .unrecognised: "The sign-in server refused, for a reason it has no standard word for."
        }
    }

    private var reason: String? {
        let parts = [httpStatus.map { "HTTP \($0)" }, oauthError, description].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: ": ")
    }

    private var advice: String {
        switch kind {
        case .notSent, .outcomeUnknown, .serverTrouble: "the same command again in a moment"
        case .rateLimited: "the same command again in \(retryAfterSeconds ?? 60) seconds"
        case .invalidGrant, .userActionRequired: "tsaccounts login NAME"
        case .clientRejected: "tsaccounts set NAME --secret-file FILE"
        case .requestRejected: "tsaccounts show NAME, and compare with what is registered for the key"
        case .unrecognised: "tsaccounts audit NAME"
        }
    }
}
