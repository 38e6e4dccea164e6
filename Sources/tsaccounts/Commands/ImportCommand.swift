import ArgumentParser
import TradeStationBroker
import TradeStationSessions

/// `tsaccounts import FORMAT FILE`.
struct ImportCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Add a profile with the tokens of another program.",
        discussion: """
            FORMAT is one of
              python-sdk  what serialize() returns in the Python package tradestation
              env         lines like NAME=VALUE with TRADESTATION_CLIENT_ID,
                          TRADESTATION_CLIENT_SECRET and TRADESTATION_REFRESH_TOKEN;
                          the prefix can also be TS_ or missing, and the names
                          API_KEY, API_SECRET and SECRET_KEY are known too
              token-file  JSON with refresh_token at the top level, or inside
                          token_dictionary as Schwabdev writes it; --client-id is
                          needed
            FILE is only read; - is standard input. The refresh token is exchanged once to verify it. Afterwards, the \
            other program must stop refreshing with its own copy: two programs that refresh one sign-in end it.
            """
    )

    @Argument(help: "The format of the file.") var format: ImportFormat
    @Argument(help: "The file, or - for standard input.", completion: .file()) var file: String

    @Option(name: .customLong("as"), help: ArgumentHelp("The name of the new profile.", valueName: "name"))
    var name = "main"

    @Flag(help: "Real accounts or the simulator; by default what the file says, or real accounts if it says nothing.")
    var environment: EnvironmentFlag?

    @OptionGroup var key: KeyOptions

    @Option(name: .customLong("api-url"), help: ArgumentHelp("A different API host.", valueName: "url"))
    var apiURL: String?

    @Flag(name: .customLong("read-only"), help: "Block the order endpoints for this profile.")
    var readOnly = false

    @OptionGroup var shared: SharedOptions

    func validate() throws {
        guard file != "-" || key.secretFile != "-" else {
            throw ValidationError("Standard input can be read only once: use - for one of the files only.")
        }
    }

    func run() async throws {
        let profileName = try ProfileName(name)
        let text = try await SecretInput.text(of: file, named: "tokens", note: shared.note)
        let found = try ImportedLogin(text, format: format)
        guard let clientID = key.clientID ?? found.clientID else { throw format.missing(.clientID) }
        let environment = environment ?? found.environment
        try await withManager { manager in
            var request = try key.request(clientID: clientID)
            request.refreshToken = found.refreshToken
            request.secret = key.secretFile == nil ? found.secret : nil
            if request.secret == nil { request.secret = try await key.secret(of: request, manager, shared) }
            let record = try await manager.registry.add(
                ProfileRequest(
                    name: profileName,
                    environment: environment == .sim ? .sim : .live,
                    apiVersion: found.apiVersion(in: environment),
                    apiURL: try apiURL.map { try EndpointURL($0) },
                    isReadOnly: readOnly,
                    source: .key(request)
                ),
                interaction: nil
            )
            try await AddedProfile(record: record, hasAPIURL: apiURL != nil).report(shared, manager)
            shared.note("The other program must stop refreshing with its own copy. If both refresh, this sign-in ends.")
            shared.note(
                "Have the other program get its token from: \(PastableCommand("tsaccounts token \(record.name)").text)"
            )
        }
    }
}

extension ImportFormat: ExpressibleByArgument {}
