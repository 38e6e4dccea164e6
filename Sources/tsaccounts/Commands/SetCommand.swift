import ArgumentParser
import TradeStationSessions

/// `tsaccounts set NAME`.
struct SetCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Change the secret, callback, client authentication or lives of a profile's API key.",
        discussion: "It applies to every profile of that API key."
    )

    @Argument(help: "The profile.") var name: String

    @Option(name: .customLong("secret-file"), help: ArgumentHelp("The client secret.", valueName: "file"))
    var secretFile: String?

    @Option(name: .customLong("redirect-uri"), help: ArgumentHelp("The registered callback.", valueName: "url"))
    var redirectURI: String?

    @Option(name: .customLong("client-auth"), help: "How the key proves itself.")
    var clientAuth: ClientAuthentication?

    @OptionGroup var lives: RotationLimitOptions

    @OptionGroup var shared: SharedOptions

    func run() async throws {
        let profileName = try ProfileName(name)
        var secret: Secret?
        if let secretFile {
            secret = try await SecretInput.read(secretFile, named: "client secret", note: shared.note)
        }
        let change = KeyChange(
            secret: secret,
            redirectURI: redirectURI,
            authentication: clientAuth,
            idleSeconds: lives.idle,
            absoluteSeconds: lives.absolute
        )
        try await withManager { manager in
            try await manager.registry.change(profileName, change)
            let record = try await manager.registry.profile(named: profileName)
            if shared.json {
                try Console.standardOutput(ProfileText(now: SystemClock().wallTime()).json(record).line)
            } else {
                let mates = try await manager.registry.keyMates(of: record).map(\.profile.name.text)
                shared.note("Changed for \(mates.joined(separator: ", ")).")
                let next = record.login.state == .ready ? "refresh" : "login"
                shared.note("Next: tsaccounts \(next) \(record.profile.name)")
            }
        }
    }
}
