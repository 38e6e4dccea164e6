import TradeStationSessions

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The terminal dialog of a sign-in.
///
/// Prints the URL alone on a line of standard error, opens a browser if one exists, and reads a pasted redirect URL
/// from standard input.
struct SignInConversation: Sendable {
    let shared: SharedOptions
    let opensBrowser: Bool
    let pastesOnly: Bool
    /// True if standard input has already been read for a secret.
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
        shared.note("Open this page to sign in (the command waits for ten minutes, or until Ctrl-C):")
        Console.standardError(url)
        if pastesOnly {
            shared.note("Then paste the final URL from the browser's address bar, and press Return.")
        } else if canPaste {
            shared.note("If the browser runs on another machine, paste the final URL from its address bar.")
        }
        if opensBrowser, !pastesOnly, !Browser.open(url) {
            shared.note("No browser could be opened. Open the page yourself.")
        }
    }

    /// True if this process may read from its terminal. The system stops a background job that reads from it.
    private static var isForegroundTerminal: Bool {
        Console.isTerminal(STDIN_FILENO) && tcgetpgrp(STDIN_FILENO) == getpgrp()
    }
}
