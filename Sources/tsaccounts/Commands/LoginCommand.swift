import ArgumentParser
import TradeStationBroker
import TradeStationSessions

/// `tsaccounts login NAME`.
struct LoginCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "login",
        abstract: "Sign in again, as the same user. Also mends a damaged sign-in.",
        discussion: """
            The command waits for the sign-in in the browser: ten minutes on a terminal, otherwise as long as --timeout \
            says. BROWSER can name the browser, or a list of browsers separated by colons; it must be able to open a \
            local file, which leads to the sign-in page.
            """
    )

    @Argument(help: "The profile.", completion: .profiles) var name: String?

    @Flag(name: .customLong("no-browser"), help: "Print the URL; do not open a browser.")
    var noBrowser = false

    @Flag(name: .long, help: "Read the redirect URL from standard input instead of listening for a callback.")
    var paste = false

    @OptionGroup var shared: SharedOptions

    func run() async throws {
        let wanted = try shared.profile(name)
        guard !shared.noInput else {
            throw AccountsError(
                .inputRequired,
                profile: wanted.name?.text,
                "A sign-in needs user input, and --no-input is set.",
                suggestion: "tsaccounts login   # without --no-input"
            )
        }
        try await withManager { manager in
            let name = try await wanted.profileName(in: manager)
            let conversation = SignInConversation(
                shared: shared,
                opensBrowser: !noBrowser,
                pastesOnly: paste,
                standardInputIsTaken: false
            )
            let signedIn = try await wanted.blamingVariable {
                try await conversation.run { interaction in
                    try await manager.registry.signIn(name, interaction: interaction)
                }
            }
            if shared.json {
                try Console.standardOutput(ProfileText(manager).json(signedIn).line)
            } else {
                let user = signedIn.login.identity.username.map { " as \($0.printable(limit: 60))" } ?? ""
                shared.note("Signed in\(user). Next: \(PastableCommand("tsaccounts token \(signedIn.name)").text)")
            }
        }
    }
}
