import ArgumentParser
import TradeStationBroker
import TradeStationSessions

/// `tsaccounts set NAME`.
struct SetCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Change what a profile may do, or the settings of its API key.",
        discussion: """
            --read-only, --account and --any-account change this profile only. They apply to the next request of every \
            program. The other options change the API key, so they apply to all of its profiles. --client-auth none \
            deletes the client secret; on a terminal, the command asks for confirmation, and a no ends with exit status \
            130.
            """
    )

    @Argument(help: "The profile.", completion: .profiles) var name: String

    @Option(name: .customLong("read-only"), defaultAsFlag: .on, help: "Block the order endpoints for this profile.")
    var readOnly: KeyOptions.Switch?

    @Option(
        name: .customLong("account"),
        help: ArgumentHelp("Allow only this account (repeatable).", valueName: "id")
    )
    var account: [String] = []

    @Flag(name: .customLong("any-account"), help: "Allow all accounts of the login.")
    var anyAccount = false

    @Option(
        name: .customLong("secret-file"),
        help: ArgumentHelp("The file with the client secret.", valueName: "file"),
        completion: .file()
    )
    var secretFile: String?

    @Option(name: .customLong("redirect-uri"), help: ArgumentHelp("The registered callback URL.", valueName: "url"))
    var redirectURI: String?

    @Option(name: .customLong("client-auth"), help: "How the client authenticates.")
    var clientAuth: ClientAuthentication?

    @OptionGroup var limits: RotationLimitOptions

    @Flag(name: .long, help: "Do not ask for confirmation.") var yes = false

    @OptionGroup var shared: SharedOptions

    func validate() throws {
        guard account.isEmpty || !anyAccount else {
            throw ValidationError("Use --account or --any-account, not both.")
        }
        // In `--read-only=VALUE`, the parser ignores a value that is neither `on` nor `off`.
        let values = CommandLine.arguments.filter { $0.hasPrefix("--read-only=") }.map { $0.dropFirst(12) }
        guard values.allSatisfy({ KeyOptions.Switch(rawValue: String($0)) != nil }) else {
            throw ValidationError("--read-only takes on or off.")
        }
    }

    func run() async throws {
        let profileName = try ProfileName(name)
        let fences = FenceChange(
            isReadOnly: readOnly.map { $0 == .on },
            accounts: anyAccount ? .any : account.isEmpty ? nil : .only(account)
        )
        let change = try await keyChange()
        // Checked before anything is written, so that the command changes everything or nothing.
        if !account.isEmpty { _ = try Profile.checked(account) }
        try await withManager { manager in
            if !account.isEmpty { try await checkAccounts(of: profileName, manager) }
            // Without any option, the registry throws an error that lists the possible settings.
            let changesKey = !change.isEmpty || fences.isEmpty
            let deletesSecret = try await confirmDeletion(of: profileName, by: change, manager)
            if changesKey { try await manager.registry.change(profileName, change) }
            if !fences.isEmpty { try await manager.registry.change(profileName, fences) }
            let record = try await manager.registry.profile(named: profileName)
            if shared.json {
                try Console.standardOutput(ProfileText(manager).json(record).line)
                return
            }
            if !fences.isEmpty { shared.note(fenceNote(record.profile)) }
            if changesKey {
                let mates = try await manager.registry.profilesSharingKey(of: record).map(\.name.text)
                shared.note("Changed the API key of \(mates.joined(separator: ", ")).")
                if deletesSecret { shared.note("Its client secret was deleted.") }
                let next = record.login.state == .ready ? "refresh" : "login"
                shared.note("Next: \(PastableCommand("tsaccounts \(next) \(record.name)").text)")
            }
        }
    }

    /// Asks before a change that deletes the client secret.
    ///
    /// - Returns: Whether the change deletes one.
    /// - Throws: `Ending` if the answer is no.
    private func confirmDeletion(
        of name: ProfileName,
        by change: KeyChange,
        _ manager: SessionManager
    ) async throws -> Bool {
        guard change.authentication == ClientAuthentication.none, change.secret == nil else { return false }
        let key = try await manager.registry.profile(named: name).apiKey.registration
        guard key.authentication != .none else { return false }
        try await Confirmation(assumesYes: yes, canAsk: shared.canAsk)
            .ask("Delete the client secret of the API key \(key.clientID.printable(limit: 60))?")
        return true
    }

    /// Refuses an account that the user does not have. If the API does not return the user's accounts, the command only
    /// prints a note.
    private func checkAccounts(of name: ProfileName, _ manager: SessionManager) async throws {
        let record = try await manager.registry.profile(named: name)
        do {
            try await AccountCheck(accounts: account, of: record.name).run(manager)
        } catch let error as AccountsError where error.code != .usage {
            shared.note("The accounts could not be checked: \(error.message)")
        }
    }

    private func keyChange() async throws -> KeyChange {
        var secret: Secret?
        if let secretFile {
            secret = try await SecretInput.read(secretFile, named: "client secret", note: shared.note)
        }
        return KeyChange(
            secret: secret,
            redirectURI: redirectURI,
            authentication: clientAuth,
            idleSeconds: limits.idle,
            absoluteSeconds: limits.absolute
        )
    }

    private func fenceNote(_ profile: Profile) -> String {
        let orders = profile.isReadOnly ? "cannot place orders" : "can place orders"
        let accounts = profile.accounts.map { "only \($0.joined(separator: ", "))" } ?? "all accounts"
        return "\(profile.name) \(orders). It can use \(accounts)."
    }
}
