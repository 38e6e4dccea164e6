import Foundation
import Synchronization
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

    /// Runs a sign-in. The file that leads the browser to the sign-in page exists only meanwhile.
    func run<Result>(_ body: (SignInInteraction) async throws -> Result) async throws -> Result {
        let page = Mutex<BrowserPage?>(nil)
        defer { page.withLock { $0?.remove() } }
        return try await body(interaction { written in page.withLock { $0 = written } })
    }

    private func interaction(keep: @escaping @Sendable (BrowserPage) -> Void) -> SignInInteraction {
        var pasted: (@Sendable () async throws -> String?)?
        if canPaste {
            let input = LineInput(descriptor: STDIN_FILENO)
            pasted = {
                let line = try await input.next()
                if line?.utf8.count ?? 0 >= Self.terminalLineBytes, Console.isTerminal(STDIN_FILENO) {
                    shared.note("The terminal may have cut this line: it passes on at most 4095 characters.")
                }
                return line
            }
        }
        return SignInInteraction(
            timeLimit: timeLimit,
            usesCallback: !pastesOnly,
            present: { [self] url in present(url, keep: keep) },
            pasted: pasted,
            note: shared.note
        )
    }

    /// The longest line that a terminal of Linux passes on while the user can still edit it.
    private static let terminalLineBytes = 4_095

    private var canPaste: Bool {
        !standardInputIsTaken && (pastesOnly || Self.isForegroundTerminal)
    }

    /// Ten minutes for a user at a terminal, who can also press Ctrl-C. Without a terminal nobody may be there, so the
    /// command does not wait longer than `--timeout`.
    private var timeLimit: Duration {
        let hasUser = Console.isTerminal(STDIN_FILENO) || Console.isTerminal(STDERR_FILENO)
        return hasUser ? .seconds(600) : .milliseconds(Int64(shared.timeout * 1000))
    }

    private func present(_ url: String, keep: (BrowserPage) -> Void) {
        let seconds = timeLimit.components.seconds
        let wait = seconds == 600 ? "ten minutes, or until Ctrl-C" : "at most \(max(1, seconds)) s, see --timeout"
        shared.note("Open this page to sign in (the command waits for \(wait)):")
        Console.standardError(url)
        if pastesOnly {
            shared.note(
                "The browser will end on an error page, for example \"localhost refused to connect\". That is expected."
            )
            shared.note("Then paste the final URL from the browser's address bar here, and press Return.")
        } else if canPaste {
            shared.note(
                "If the browser runs on another machine, it ends on an error page. Then paste the final URL from its "
                    + "address bar here."
            )
        }
        if opensBrowser, !pastesOnly { openBrowser(at: url, keep: keep) }
    }

    private func openBrowser(at url: String, keep: (BrowserPage) -> Void) {
        let environment = ProcessInfo.processInfo.environment
        let failed: @Sendable () -> Void = { shared.note("No browser could be opened. Open the page yourself.") }
        guard let page = BrowserPage.write(leadingTo: url, "the sign-in page", environment) else { return failed() }
        keep(page)
        shared.note("Opening a private file that leads the browser there. Some browsers from snap or flatpak cannot")
        shared.note("read it. In that case, open the URL above.")
        Browser.open(page.address, environment, failed: failed)
    }

    /// True if this process may read from its terminal. The system stops a background job that reads from it.
    private static var isForegroundTerminal: Bool {
        Console.isTerminal(STDIN_FILENO) && tcgetpgrp(STDIN_FILENO) == getpgrp()
    }
}
