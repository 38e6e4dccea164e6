import TradeStationSessions

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// How a sign-in talks on a terminal: the URL alone on its line of standard error, a browser if there is one, and a
/// pasted redirect URL from standard input.
struct SignInConversation: Sendable {
    let shared: SharedOptions
    let opensBrowser: Bool
    let pastesOnly: Bool
    /// Whether standard input has been used for a secret.
    let standardInputIsTaken: Bool

    var interaction: SignInInteraction {
        guard canPaste else {
            return SignInInteraction(usesCallback: !pastesOnly, present: present, note: shared.note)
        }
        let input = LineInput(descriptor: STDIN_FILENO)
        return SignInInteraction(
            usesCallback: !pastesOnly,
            present: present,
            pasted: { try await input.next() },
            note: shared.note
        )
    }

    private var canPaste: Bool {
        !standardInputIsTaken && (pastesOnly || Self.isForegroundTerminal)
    }

    private func present(_ url: String) async {
        shared.note("Open this page to sign in; this command waits for ten minutes, or until Ctrl-C:")
        Console.standardError(url)
        if pastesOnly {
            shared.note("Then paste the address that the browser ends up at, and press return.")
        } else if canPaste {
            shared.note("If the browser runs on another machine, paste the address that it ends up at.")
        }
        if opensBrowser, !pastesOnly, !Browser.open(url) {
            shared.note("No browser could be opened here; open the page by hand.")
        }
    }

    /// A background job must not read from its terminal: it would be stopped.
    private static var isForegroundTerminal: Bool {
        Console.isTerminal(STDIN_FILENO) && tcgetpgrp(STDIN_FILENO) == getpgrp()
    }
}
