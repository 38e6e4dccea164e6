import ArgumentParser
import TradeStationSessions

/// A command that works on the store.
protocol StoreCommand: AsyncParsableCommand {
    var shared: SharedOptions { get }
    /// What the audit calls whoever asks; the name of the command, unless it says otherwise.
    static var requester: String { get }
}

extension StoreCommand {
    static var requester: String { configuration.commandName ?? _commandName }

    /// Opens the store for the length of `body`.
    func withManager<Result: Sendable>(_ body: (SessionManager) async throws -> Result) async throws -> Result {
        try await withSessionManager(configuration: shared.configuration(requester: Self.requester), body)
    }
}
