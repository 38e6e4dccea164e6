import ArgumentParser
import Foundation
import TradeStationBroker
import TradeStationSessions

extension CompletionKind {
    /// The names of the stored profiles. A store that does not exist is not made.
    static var profiles: CompletionKind {
        .custom { words, _, _ in await ProfileCompletion(words: words).names() }
    }
}

/// Finds the names that complete a command line.
struct ProfileCompletion {
    /// The words of the command line.
    let words: [String]

    /// The names of the profiles; empty if the store cannot be read.
    func names() async -> [String] {
        let configuration = SessionConfiguration(storeDirectory: PastableCommand.store(in: words))
        guard let data = try? configuration.dataDirectory,
            FileManager.default.fileExists(atPath: data + "/accounts.db")
        else { return [] }
        let names = try? await withSessionManager(configuration: configuration) { manager in
            try await manager.registry.profiles().map(\.name.text)
        }
        return names ?? []
    }
}
