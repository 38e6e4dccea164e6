public import TradeStationModel

/// A change to the settings of a profile's API key. A nil property keeps the current value.
public struct KeyChange: Sendable {
    /// The new client secret.
    public var secret: Secret?
    /// The new registered callback.
    public var redirectURI: String?
    /// The new client authentication method.
    public var authentication: ClientAuthentication?

    /// The lifetime of a rotating key's unused refresh token, in seconds; 0 means unlimited.
    public var idleSeconds: Int?
    /// The lifetime of a rotating key's sign-in, in seconds; 0 means unlimited.
    public var absoluteSeconds: Int?

    /// Creates a change.
    public init(
        secret: Secret? = nil,
        redirectURI: String? = nil,
        authentication: ClientAuthentication? = nil,
        idleSeconds: Int? = nil,
        absoluteSeconds: Int? = nil
    ) {
        self.secret = secret
        self.redirectURI = redirectURI
        self.authentication = authentication
        self.idleSeconds = idleSeconds
        self.absoluteSeconds = absoluteSeconds
    }

    /// Returns the registration with the changes applied.
    ///
    /// - Throws: ``AccountsError`` `input_required`, `usage`.
    func applied(to known: ClientRegistration, hasSecret: Bool) throws(AccountsError) -> ClientRegistration {
        guard !changedFields.isEmpty else {
            throw AccountsError(
                .inputRequired,
                "No setting to change was given.",
                suggestion:
                    "use one or more of --read-only on|off, --account ID, --any-account, --secret-file FILE, --redirect-uri URL, "
                    + "--client-auth post|basic|none, --idle SECONDS, --absolute SECONDS"
            )
        }
        var registration = known
        registration.rotationLimits = try known.rotationLimits.changed(
            idleSeconds: idleSeconds,
            absoluteSeconds: absoluteSeconds
        )
        if let redirectURI { registration.redirectURI = try EndpointURL(redirectURI).text }
        // A secret for a public client makes it a confidential one.
        registration.authentication =
            authentication ?? (secret != nil && known.authentication == .none ? .post : known.authentication)
        if registration.authentication == .none {
            guard secret == nil else {
                throw AccountsError(
                    .usage,
                    "A public client has no secret.",
                    suggestion: "use either --secret-file or --client-auth none"
                )
            }
            registration.usesPKCE = true
        } else if secret == nil && !hasSecret {
            throw AccountsError(
                .inputRequired,
                "This client authentication method requires a client secret.",
                suggestion: "use --secret-file FILE"
            )
        }
        return registration
    }

    /// Whether the change keeps every value.
    public var isEmpty: Bool { changedFields.isEmpty }

    /// The names of the settings that change, for the audit.
    var changedFields: [String] {
        [
            secret.map { _ in "client_secret" }, redirectURI.map { _ in "redirect_uri" },
            authentication.map { _ in "client_auth" }, idleSeconds.map { _ in "idle_lifetime_s" },
            absoluteSeconds.map { _ in "absolute_lifetime_s" },
        ].compactMap { $0 }
    }
}

extension RotationLimits {
    /// Returns the limits with the given values; nil keeps the current value.
    ///
    /// - Throws: ``AccountsError`` `usage`.
    func changed(idleSeconds idle: Int?, absoluteSeconds absolute: Int?) throws(AccountsError) -> RotationLimits {
        let limits = RotationLimits(
            idleSeconds: idle ?? idleSeconds,
            absoluteSeconds: absolute ?? absoluteSeconds
        )
        let possible = 0...Self.longest
        guard possible.contains(limits.idleSeconds), possible.contains(limits.absoluteSeconds) else {
            throw AccountsError(
                .usage,
                "A lifetime must be between 0 and \(Self.longest) seconds; 0 means unlimited.",
                suggestion: "use --idle 1800 --absolute 86400, which are TradeStation's values for rotating keys"
            )
        }
        return limits
    }
}
