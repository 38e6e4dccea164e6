public import ArgumentParser
public import TradeStationSessions

/// `tsaccounts add profile NAME`.
struct AddProfileCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile",
        abstract: "Add a profile: sign in once, or provide a refresh token.",
        discussion: """
            The profile is verified before it is saved: a provided refresh token is exchanged once; otherwise the user \
            signs in with the browser. No option takes a secret itself. FILE can be - for standard input, once.
            """
    )

    enum Switch: String, ExpressibleByArgument, CaseIterable { case on, off }

    @Argument(help: "1 to 64 characters of A-Z a-z 0-9 . _ -", completion: .none)
    var name: String

    @Flag(help: "Real accounts (the default) or the simulator.")
    var environment: EnvironmentFlag = .live

    @Option(name: .customLong("api-version"), help: "v3, or v2 (only with --live).")
    var apiVersion: APIVersion = .v3

    @Option(name: .customLong("client-id"), help: ArgumentHelp("The client ID of the API key.", valueName: "id"))
    var clientID: String?

    @Option(name: .customLong("secret-file"), help: ArgumentHelp("The file with the client secret.", valueName: "file"))
    var secretFile: String?

    @Option(
        name: .customLong("refresh-token-file"),
        help: ArgumentHelp("The file with a refresh token, instead of a sign-in.", valueName: "file")
    )
    var refreshTokenFile: String?

    @Option(
        name: .customLong("same-login-as"),
        help: ArgumentHelp("Use the login of another profile.", valueName: "other")
    )
    var sameLoginAs: String?

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
        help: "How the client authenticates; default: post with a secret, else none."
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

    @Option(name: .customLong("api-url"), help: ArgumentHelp("A different API host.", valueName: "url"))
    var apiURL: String?

    @Flag(name: .customLong("read-only"), help: "Block the order endpoints for this profile.")
    var readOnly = false

    @Option(
        name: .customLong("account"),
        help: ArgumentHelp("Allow only this account (repeatable).", valueName: "id")
    )
    var account: [String] = []

    @Flag(name: .customLong("no-login"), help: "Save the profile without a sign-in.")
    var noLogin = false

    @Flag(name: .customLong("no-browser"), help: "Print the URL; do not open a browser.")
    var noBrowser = false

    @Flag(name: .long, help: "Read the redirect URL from standard input instead of listening for a callback.")
    var paste = false

    static let requester = "add profile"

    @OptionGroup var shared: SharedOptions

    func validate() throws {
        guard environment == .live || apiVersion == .v3 else {
            throw ValidationError("The simulator supports v3 only: use --live with --api-version v2.")
        }
        if sameLoginAs != nil {
            guard clientID == nil, secretFile == nil, refreshTokenFile == nil, scope.isEmpty, redirectURI == nil,
                redirectPort == nil, pkce == nil, clientAuth == nil, nonce == nil, authorizeURL == nil,
                tokenURL == nil, revokeURL == nil, limits.idle == nil, limits.absolute == nil
            else {
                throw ValidationError(
                    "--same-login-as uses the API key of the other profile, so no option for a key is possible."
                )
            }
        } else if clientID == nil {
            throw ValidationError("An API key is required: use --client-id ID or --same-login-as OTHER.")
        }
        guard redirectURI == nil || redirectPort == nil else {
            throw ValidationError("Use --redirect-uri or --redirect-port, not both.")
        }
        guard secretFile != "-" || refreshTokenFile != "-" else {
            throw ValidationError("Standard input can be read only once: use - for one of the files only.")
        }
    }

    func run() async throws {
        let profileName = try ProfileName(name)
        try await withManager { manager in
            let request = ProfileRequest(
                name: profileName,
                environment: environment == .live ? .live : .sim,
                apiVersion: apiVersion,
                apiURL: try apiURL.map { try EndpointURL($0) },
                isReadOnly: readOnly,
                accounts: account.isEmpty ? nil : account,
                source: try await source(manager),
                signsIn: !noLogin
            )
            let conversation = SignInConversation(
                shared: shared,
                opensBrowser: !noBrowser,
                pastesOnly: paste,
                standardInputIsTaken: secretFile == "-" || refreshTokenFile == "-"
            )
            let record = try await manager.registry.add(
                request,
                interaction: shared.noInput ? nil : conversation.interaction
            )
            if shared.json {
                try Console.standardOutput(ProfileText(now: SystemClock().wallTime()).json(record).line)
            } else {
                shared.note(summary(record))
                if record.apiKey.registration.tokenURL.text != ClientRegistration.tradeStationTokenURL, apiURL == nil {
                    shared.note("Requests go to \(record.profile.apiOrigin); use --api-url for a different host.")
                }
            }
        }
    }

    private func source(_ manager: SessionManager) async throws -> ProfileRequest.Source {
        if let sameLoginAs { return .sameLogin(as: try ProfileName(sameLoginAs)) }
        var key = ProfileRequest.KeyRequest(clientID: clientID ?? "")
        key.tokenURL = try tokenURL.map { try EndpointURL($0) }
        key.authorizeURL = try authorizeURL.map { try EndpointURL($0) }
        key.revokeURL = try revokeURL.map { try EndpointURL($0) }
        key.redirectURI = redirectURI ?? redirectPort.map { "http://localhost:\($0)" }
        key.usesPKCE = pkce.map { $0 == .on }
        key.usesNonce = nonce.map { $0 == .on }
        key.idleSeconds = limits.idle
        key.absoluteSeconds = limits.absolute
        key.authentication = clientAuth
        if !scope.isEmpty { key.scopes = scope.flatMap { $0.split(separator: " ").map(String.init) } }
        if let refreshTokenFile {
            key.refreshToken = try await SecretInput.read(
                refreshTokenFile,
                named: "refresh token",
                note: shared.note
            )
        }
        key.secret = try await secret(of: key, manager)
        return .key(key)
    }

    private func secret(of key: ProfileRequest.KeyRequest, _ manager: SessionManager) async throws -> Secret? {
        if let secretFile {
            return try await SecretInput.read(secretFile, named: "client secret", note: shared.note)
        }
        guard clientAuth != ClientAuthentication.none, !shared.noInput, HiddenPrompt.isPossible,
            try await !manager.registry.knowsKey(clientID: key.clientID, tokenURL: key.tokenURL)
        else { return nil }
        let answer = try await HiddenPrompt.ask("Client secret (empty for a public client): ")
        return answer.isEmpty ? nil : answer
    }

    private func summary(_ record: ProfileRecord) -> String {
        let user = record.login.identity.username.map { " for \($0.printable(limit: 60))" } ?? ""
        let next = record.state == .new ? "tsaccounts login \(name)" : "tsaccounts token \(name)"
        return "Added \(name)\(user): \(record.environmentText), \(record.stateText). Next: \(next)"
    }
}

/// The flags `--live` and `--sim`.
enum EnvironmentFlag: String, EnumerableFlag {
    case live, sim
}

// The raw values of these types are the values of their options.
extension APIVersion: ExpressibleByArgument {}
extension ClientAuthentication: ExpressibleByArgument {}
