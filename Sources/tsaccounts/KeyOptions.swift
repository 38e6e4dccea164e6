public import ArgumentParser
public import TradeStationSessions

/// The options that describe an API key and how a user signs in with it.
struct KeyOptions: ParsableArguments {
    enum Switch: String, ExpressibleByArgument, CaseIterable { case on, off }

    @Option(name: .customLong("client-id"), help: ArgumentHelp("The client ID of the API key.", valueName: "id"))
    var clientID: String?

    @Option(
        name: .customLong("secret-file"),
        help: ArgumentHelp("The file with the client secret.", valueName: "file"),
        completion: .file()
    )
    var secretFile: String?

    @Option(name: .long, help: "A scope to request (repeatable).")
    var scope: [String] = []

    @Option(name: .customLong("redirect-uri"), help: ArgumentHelp("The registered callback URL.", valueName: "url"))
    var redirectURI: String?

    @Option(
        name: .customLong("redirect-port"),
        help: ArgumentHelp("Use the callback http://localhost:PORT.", valueName: "port")
    )
    var redirectPort: UInt16?

    @Option(name: .long, help: "Use PKCE (RFC 7636); on by default.")
    var pkce: Switch?

    @Option(
        name: .customLong("client-auth"),
        help: "How the client authenticates. The default is post for a client with a secret, and none for others."
    )
    var clientAuth: ClientAuthentication?

    @Option(name: .long, help: "Use a nonce with the openid scope; on by default.")
    var nonce: Switch?

    @OptionGroup var limits: RotationLimitOptions

    @Option(name: .customLong("authorize-url"), help: ArgumentHelp("A different sign-in page.", valueName: "url"))
    var authorizeURL: String?

    @Option(name: .customLong("token-url"), help: ArgumentHelp("A different token endpoint.", valueName: "url"))
    var tokenURL: String?

    @Option(name: .customLong("revoke-url"), help: ArgumentHelp("A different revocation endpoint.", valueName: "url"))
    var revokeURL: String?

    /// The callback URL that the options name.
    var callback: String? { redirectURI ?? redirectPort.map { "http://localhost:\($0)" } }

    /// True if no option was given.
    var isEmpty: Bool {
        clientID == nil && secretFile == nil && scope.isEmpty && redirectURI == nil && redirectPort == nil
            && pkce == nil && clientAuth == nil && nonce == nil && authorizeURL == nil && tokenURL == nil
            && revokeURL == nil && limits.idle == nil && limits.absolute == nil
    }

    func validate() throws {
        guard redirectURI == nil || redirectPort == nil else {
            throw ValidationError("Use --redirect-uri or --redirect-port, not both.")
        }
    }

    /// The request for the key with a client id. It has no secret yet.
    ///
    /// - Throws: `AccountsError` `usage` for a URL that cannot be used.
    func request(clientID: String) throws -> ProfileRequest.KeyRequest {
        var key = ProfileRequest.KeyRequest(clientID: clientID)
        key.tokenURL = try tokenURL.map { try EndpointURL($0) }
        key.authorizeURL = try authorizeURL.map { try EndpointURL($0) }
        key.revokeURL = try revokeURL.map { try EndpointURL($0) }
        key.redirectURI = callback
        key.usesPKCE = pkce.map { $0 == .on }
        key.usesNonce = nonce.map { $0 == .on }
        key.idleSeconds = limits.idle
        key.absoluteSeconds = limits.absolute
        key.authentication = clientAuth
        if !scope.isEmpty { key.scopes = scope.flatMap { $0.split(separator: " ").map(String.init) } }
        return key
    }

    /// The secret of a key: from a file, or from the user if the key is not stored yet and a terminal exists.
    ///
    /// - Returns: The secret; nil for a public client and for a stored key.
    func secret(
        of key: ProfileRequest.KeyRequest,
        _ manager: SessionManager,
        _ shared: SharedOptions
    ) async throws -> Secret? {
        if let secretFile {
            return try await SecretInput.read(secretFile, named: "client secret", note: shared.note)
        }
        guard clientAuth != ClientAuthentication.none,
            try await !manager.registry.knowsKey(clientID: key.clientID, tokenURL: key.tokenURL)
        else { return nil }
        guard shared.canAsk else {
            shared.note("Without --secret-file, this API key is treated as a public client, which has no secret.")
            shared.note("If TradeStation gave it a secret, the sign-in server will refuse it: add --secret-file FILE.")
            return nil
        }
        let answer = try await SecretInput.ask(
            "Client secret (empty for a public client): ",
            named: "client secret",
            note: shared.note
        )
        return answer.isEmpty ? nil : answer
    }
}

/// The flags `--live` and `--sim`.
enum EnvironmentFlag: String, EnumerableFlag {
    case live, sim
}

// The raw values of these types are the values of their options.
extension APIVersion: ExpressibleByArgument {}
extension ClientAuthentication: ExpressibleByArgument {}
