import ArgumentParser
import TradeStationSessions

/// `tsaccounts add profile NAME`.
struct AddProfileCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile",
        abstract: "Add a profile: sign in once, or hand in a refresh token.",
        discussion: """
            The profile is verified before it is kept: a refresh token that is handed in is exchanged once, otherwise \
            the user signs in in the browser. No option takes a secret itself; FILE may be - for standard input, once.
            """
    )

    enum Switch: String, ExpressibleByArgument, CaseIterable { case on, off }

    @Argument(help: "1 to 64 of A-Z a-z 0-9 . _ -", completion: .none)
    var name: String

    @Flag(help: "Real accounts (the default), or the simulator.")
    var environment: EnvironmentFlag = .live

    @Option(name: .customLong("api-version"), help: "v3, or v2 on live only.")
    var apiVersion: APIVersion = .v3

    @Option(name: .customLong("client-id"), help: ArgumentHelp("The API key.", valueName: "id"))
    var clientID: String?

    @Option(name: .customLong("secret-file"), help: ArgumentHelp("The client secret.", valueName: "file"))
    var secretFile: String?

    @Option(
        name: .customLong("refresh-token-file"),
        help: ArgumentHelp("A refresh token, instead of a sign-in.", valueName: "file")
    )
    var refreshTokenFile: String?

    @Option(
        name: .customLong("same-login-as"),
        help: ArgumentHelp("Use the login of another profile.", valueName: "other")
    )
    var sameLoginAs: String?

    @Option(name: .long, help: "A scope to ask for; repeat it for more.")
    var scope: [String] = []

    @Option(name: .customLong("redirect-uri"), help: ArgumentHelp("The registered callback.", valueName: "url"))
    var redirectURI: String?

    @Option(
        name: .customLong("redirect-port"),
        help: ArgumentHelp("The callback http://localhost:PORT.", valueName: "port")
    )
    var redirectPort: UInt16?

    @Option(name: .long, help: "PKCE (RFC 7636), on by default.")
    var pkce: Switch?

    @Option(name: .customLong("client-auth"), help: "How the key proves itself; post with a secret, else none.")
    var clientAuth: ClientAuthentication?

    @Option(name: .long, help: "A nonce with the openid scope, on by default.")
    var nonce: Switch?

    @OptionGroup var lives: RotationLimitOptions

    @Option(name: .customLong("authorize-url"), help: ArgumentHelp("Another sign-in page.", valueName: "url"))
    var authorizeURL: String?

    @Option(name: .customLong("token-url"), help: ArgumentHelp("Another token endpoint.", valueName: "url"))
    var tokenURL: String?

    @Option(name: .customLong("revoke-url"), help: ArgumentHelp("Another revocation endpoint.", valueName: "url"))
    var revokeURL: String?

    @Option(name: .customLong("api-url"), help: ArgumentHelp("Another API host.", valueName: "url"))
    var apiURL: String?

    @Flag(name: .customLong("read-only"), help: "Fence it off from the order endpoints.")
    var readOnly = false

    @Option(
        name: .customLong("account"),
        help: ArgumentHelp("Fence it to this account; repeat it for more.", valueName: "id")
    )
    var account: [String] = []

    @Flag(name: .customLong("no-login"), help: "Keep the profile without signing in.")
    var noLogin = false

    @Flag(name: .customLong("no-browser"), help: "Print the URL only.")
    var noBrowser = false

    @Flag(name: .long, help: "Listen for no callback; read the pasted redirect URL from standard input.")
    var paste = false

    static let requester = "add profile"

    @OptionGroup var shared: SharedOptions

    func validate() throws {
        guard environment == .live || apiVersion == .v3 else {
            throw ValidationError("The simulator speaks v3 only: use --live with --api-version v2.")
        }
        if sameLoginAs != nil {
            guard clientID == nil, secretFile == nil, refreshTokenFile == nil, scope.isEmpty, redirectURI == nil,
                redirectPort == nil, pkce == nil, clientAuth == nil, nonce == nil, authorizeURL == nil,
                tokenURL == nil, revokeURL == nil, lives.idle == nil, lives.absolute == nil
            else { throw ValidationError("--same-login-as takes the API key of the other profile as it is.") }
        } else if clientID == nil {
            throw ValidationError("Say which API key: --client-id ID, or --same-login-as OTHER.")
        }
        guard redirectURI == nil || redirectPort == nil else {
            throw ValidationError("Use --redirect-uri or --redirect-port, not both.")
        }
        guard secretFile != "-" || refreshTokenFile != "-" else {
            throw ValidationError("Standard input can be read once: only one of the files can be -.")
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
                    shared.note("Requests go to \(record.profile.apiOrigin); --api-url names another host.")
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
        key.idleSeconds = lives.idle
        key.absoluteSeconds = lives.absolute
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
        return "Added \(name)\(user): \(record.profile.environment.rawValue), \(record.state.rawValue). Next: \(next)"
    }
}

/// `--live` or `--sim`.
enum EnvironmentFlag: String, EnumerableFlag {
    case live, sim
}
