import ArgumentParser
import TradeStationSessions

/// A command that uses the store.
protocol StoreCommand: AsyncParsableCommand {
    var shared: SharedOptions { get }
    /// The requester in audit rows. The default is the name of the command.
    static var requester: String { get }
}

extension StoreCommand {
    static var requester: String { configuration.commandName ?? _commandName }

    /// Opens the store, runs `body`, and closes the store.
    func withManager<Result: Sendable>(_ body: (SessionManager) async throws -> Result) async throws -> Result {
        var configuration = shared.configuration(requester: Self.requester)
        // A failure with --json is one line on standard error, and nothing else.
        if !shared.quiet, !shared.json {
            let note = WaitNote()
            configuration.reportWait = { note.change(to: $0) }
        }
        return try await withSessionManager(configuration: configuration, body)
    }
}
