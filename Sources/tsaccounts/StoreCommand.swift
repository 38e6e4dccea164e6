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
        try await withSessionManager(configuration: shared.configuration(requester: Self.requester), body)
    }
}
