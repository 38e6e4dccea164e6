import ArgumentParser
import TradeStationSessions

/// `tsaccounts add profile NAME`.
struct AddProfileCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile",
        abstract: "Add a profile: sign in once, or provide a refresh token.",
        discussion: """
            The profile is verified before it is saved: a provided refresh token is exchanged once; otherwise the user \
            signs in with the browser, as with tsaccounts login. Secrets are read from files, never from arguments; \
            the path - means standard input, for one file only. On a terminal, the command asks for the client ID and \
            the environment if --client-id is missing.
            """
    )

    @Argument(help: "1 to 64 characters of A-Z a-z 0-9 . _ -", completion: .none)
    var name: String

    @Flag(help: "Real accounts (the default) or the simulator.")
    var environment: EnvironmentFlag?

    @Option(name: .customLong("api-version"), help: "v3, or v2 (only with --live).")
    var apiVersion: APIVersion = .v3

    @OptionGroup var key: KeyOptions

    @Option(
        name: .customLong("refresh-token-file"),
        help: ArgumentHelp("Use the refresh token in this file instead of a sign-in.", valueName: "file"),
        completion: .file()
    )
    var refreshTokenFile: String?

    @Option(
        name: .customLong("same-login-as"),
        help: ArgumentHelp("Use the login of another profile.", valueName: "other"),
        completion: .profiles
    )
    var sameLoginAs: String?

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
        guard environment == .sim, apiVersion == .v2 else { return try validateKey() }
        throw ValidationError("The simulator supports v3 only: use --live with --api-version v2.")
    }

    private func validateKey() throws {
        if sameLoginAs != nil {
            guard key.isEmpty, refreshTokenFile == nil else {
                throw ValidationError(
                    "--same-login-as uses the API key of the other profile, so leave out the options for an API key."
                )
            }
        } else if key.clientID == nil, !shared.canAsk {
            throw ValidationError("An API key is required: use --client-id ID or --same-login-as OTHER.")
        }
        guard key.secretFile != "-" || refreshTokenFile != "-" else {
            throw ValidationError("Standard input can be read only once: use - for one of the files only.")
        }
    }

    func run() async throws {
        let profileName = try ProfileName(name)
        try await withManager { manager in
            let guide = sameLoginAs == nil && key.clientID == nil ? ProfileGuide(key: key) : nil
            let clientID = try await guide?.clientID() ?? key.clientID ?? ""
            var environment = environment
            if environment == nil { environment = try await guide?.environment() }
            let request = ProfileRequest(
                name: profileName,
                environment: environment == .sim ? .sim : .live,
                apiVersion: apiVersion,
                apiURL: try apiURL.map { try EndpointURL($0) },
                isReadOnly: readOnly,
                accounts: account.isEmpty ? nil : account,
                source: try await source(clientID, manager),
                signsIn: !noLogin
            )
            let conversation = SignInConversation(
                shared: shared,
                opensBrowser: !noBrowser,
                pastesOnly: paste,
                standardInputIsTaken: key.secretFile == "-" || refreshTokenFile == "-"
            )
            let record = try await conversation.run { interaction in
                try await manager.registry.add(request, interaction: shared.noInput ? nil : interaction)
            }
            try await AddedProfile(record: record, hasAPIURL: apiURL != nil, sharesLogin: sameLoginAs != nil)
                .report(shared, manager)
        }
    }

    private func source(_ clientID: String, _ manager: SessionManager) async throws -> ProfileRequest.Source {
        if let sameLoginAs { return .sameLogin(as: try ProfileName(sameLoginAs)) }
        var request = try key.request(clientID: clientID)
        if let refreshTokenFile {
            request.refreshToken = try await SecretInput.read(
                refreshTokenFile,
                named: "refresh token",
                note: shared.note
            )
        }
        request.secret = try await key.secret(of: request, manager, shared)
        return .key(request)
    }
}
