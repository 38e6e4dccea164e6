import ArgumentParser
import TradeStationSessions

/// `tsaccounts dashboard`.
struct DashboardCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "dashboard",
        abstract: "Show the profiles, their timeline and the audit in your browser.",
        discussion: """
            Runs a page on a port of this machine until SIGTERM or Ctrl-C, and opens your browser. The link works once, \
            within five minutes; after that, the page belongs to that browser. The page only reads: beside what needs \
            something stands the command to run. It works on another machine with ssh -L PORT:127.0.0.1:PORT, with the \
            port of the link.
            """
    )

    @Flag(name: .customLong("no-browser"), help: "Only print the link.") var noBrowser = false
    @OptionGroup var shared: SharedOptions

    func run() async throws {
        do {
            try await withManager { manager in
                // A store that does not exist, or cannot be read, is said here and not only on the page.
                _ = try await manager.registry.listing()
                try await DashboardRun(shared: shared, opensBrowser: !noBrowser).run(manager)
            }
        } catch is CancellationError {
            // SIGTERM or SIGINT ends the command with status 0.
        }
    }
}
