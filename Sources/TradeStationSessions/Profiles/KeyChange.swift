public import TradeStationModel

/// What a person wants changed about a profile's API key. What is nil stays.
public struct KeyChange: Sendable {
    /// The new client secret.
    public var secret: Secret?
    /// The new registered callback.
    public var redirectURI: String?
    /// The new way of client authentication.
    public var authentication: ClientAuthentication?

    /// A change.
    public init(secret: Secret? = nil, redirectURI: String? = nil, authentication: ClientAuthentication? = nil) {
        self.secret = secret
        self.redirectURI = redirectURI
        self.authentication = authentication
    }

    /// The registration as it becomes.
    ///
    /// - Throws: ``AccountsError`` `input_required`, `usage`.
    func applied(to known: ClientRegistration, hasSecret: Bool) throws(AccountsError) -> ClientRegistration {
        guard secret != nil || redirectURI != nil || authentication != nil else {
            throw AccountsError(
                .inputRequired,
                "Nothing was said that could be changed.",
                suggestion: "--secret-file FILE, --redirect-uri URL or --client-auth post|basic|none"
            )
        }
        var registration = known
        if let redirectURI { registration.redirectURI = try EndpointURL(redirectURI).text }
        // A secret for a public client makes it a confidential one.
        registration.authentication =
            authentication ?? (secret != nil && known.authentication == .none ? .post : known.authentication)
        if registration.authentication == .none {
            guard secret == nil else {
                throw AccountsError(
                    .usage,
                    "A public client has no secret.",
                    suggestion: "either --secret-file or --client-auth none"
                )
            }
            registration.usesPKCE = true
        } else if secret == nil && !hasSecret {
            throw AccountsError(
                .inputRequired,
                "This way of client authentication needs the client secret.",
                suggestion: "--secret-file FILE"
            )
        }
        return registration
    }

    /// The names of what changes, for the audit.
    var changedFields: [String] {
        [
            secret.map { _ in "client_secret" }, redirectURI.map { _ in "redirect_uri" },
            authentication.map { _ in "client_auth" },
        ].compactMap { $0 }
    }
}
