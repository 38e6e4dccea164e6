import ArgumentParser
import TradeStationSessions

/// `tsaccounts set NAME`.
struct SetCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Change a profile's fences, or the settings of its API key.",
        discussion: """
            --read-only, --account and --any-account are the profile's own, and hold for the next request of every \
            program. The rest belongs to the API key and applies to all of its profiles.
            """
    )

    @Argument(help: "The profile.") var name: String

    @Option(name: .customLong("read-only"), defaultAsFlag: .on, help: "Fence it off from the order endpoints.")
    var readOnly: AddProfileCommand.Switch?

    @Option(
        name: .customLong("account"),
        help: ArgumentHelp("Fence it to this account; repeat it for more.", valueName: "id")
    )
    var account: [String] = []

    @Flag(name: .customLong("any-account"), help: "Allow all accounts of the login.")
    var anyAccount = false

    @Option(name: .customLong("secret-file"), help: ArgumentHelp("The client secret.", valueName: "file"))
    var secretFile: String?

    @Option(name: .customLong("redirect-uri"), help: ArgumentHelp("The registered callback.", valueName: "url"))
    var redirectURI: String?

    @Option(name: .customLong("client-auth"), help: "How the key proves itself.")
    var clientAuth: ClientAuthentication?

    @OptionGroup var lives: RotationLimitOptions

    @OptionGroup var shared: SharedOptions

    func validate() throws {
        guard account.isEmpty || !anyAccount else {
            throw ValidationError("Use --account or --any-account, not both.")
        }
    }

    func run() async throws {
        let profileName = try ProfileName(name)
        let fences = FenceChange(
            isReadOnly: readOnly.map { $0 == .on },
            accounts: anyAccount ? .any : account.isEmpty ? nil : .only(account)
        )
        let change = try await keyChange()
        // Before anything is written: a command is carried out whole.
        if !account.isEmpty { _ = try Profile.checked(account) }
        try await withManager { manager in
            // With nothing said at all, this says what could be.
            let changesKey = !change.isEmpty || fences.isEmpty
            if changesKey { try await manager.registry.change(profileName, change) }
            if !fences.isEmpty { try await manager.registry.change(profileName, fences) }
            let record = try await manager.registry.profile(named: profileName)
            if shared.json {
                try Console.standardOutput(ProfileText(now: SystemClock().wallTime()).json(record).line)
                return
            }
            if !fences.isEmpty { shared.note(fenceNote(record.profile)) }
            if changesKey {
                let mates = try await manager.registry.keyMates(of: record).map(\.profile.name.text)
                shared.note("Changed for \(mates.joined(separator: ", ")).")
                let next = record.login.state == .ready ? "refresh" : "login"
                shared.note("Next: tsaccounts \(next) \(record.profile.name)")
            }
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
            idleSeconds: lives.idle,
            absoluteSeconds: lives.absolute
        )
    }

    private func fenceNote(_ profile: Profile) -> String {
        let orders = profile.isReadOnly ? "reads only" : "may place orders"
        let accounts = profile.accounts.map { "in \($0.joined(separator: ", ")) only" } ?? "in all accounts"
        return "\(profile.name) \(orders), \(accounts)."
    }
}
